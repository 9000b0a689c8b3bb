// A pass that asks the machine has to be told which: it never takes the one that it happens to run on.

// RUN: not tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-plan-tiles))' 2>&1 | FileCheck %s
// RUN: not tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-widen-convs{cpu=pentium9}))' 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// CHECK: error: expected the CPU that tenon-plan-tiles decides for, got none: give it by the option cpu (cpu=x86-64-v3, or cpu=native for this machine's)
// UNKNOWN: error: unknown CPU 'pentium9' for target
