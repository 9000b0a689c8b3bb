// RUN: not tenon-opt %s --pass-pipeline='builtin.module(tenon-keep-state{pairs=past=gone})' 2>&1 | FileCheck %s --check-prefix=OUTPUT
// OUTPUT: error: expected an output 'gone', the next value of input 'past', out of y, present, wide
// RUN: not tenon-opt %s --pass-pipeline='builtin.module(tenon-keep-state{pairs=gone=y})' 2>&1 | FileCheck %s --check-prefix=INPUT
// INPUT: error: expected an input 'gone' to become state, out of x, past, ids
// RUN: not tenon-opt %s --pass-pipeline='builtin.module(tenon-keep-state{pairs=past=wide})' 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: error: expected output 'wide' to have the type of state 'past', 'tensor<?x8xf32, #tenon.dims<[p]>>', got 'tensor<?x16xf32, #tenon.dims<[p]>>'
// RUN: not tenon-opt %s --pass-pipeline='builtin.module(tenon-keep-state{pairs=past=present})' 2>&1 | FileCheck %s --check-prefix=CAPACITY
// CAPACITY: error: state 'past': expected the size up to which 'p' grows (--dim p=..N), or the size that it has (--dim p=N)
// RUN: not tenon-opt %s --pass-pipeline='builtin.module(tenon-keep-state{pairs=x=y capacities=b=3})' 2>&1 | FileCheck %s --check-prefix=SHARED
// SHARED: error: state 'x': expected dimension 'b' to be the state's own, but input 'ids' has it too: fix it (--dim b=N)
// RUN: not tenon-opt %s --pass-pipeline='builtin.module(tenon-keep-state{pairs=past})' 2>&1 | FileCheck %s --check-prefix=FORM
// FORM: error: expected state as INPUT=OUTPUT, each with one * at most, or auto, got 'past'
// RUN: not tenon-opt %s --pass-pipeline='builtin.module(tenon-keep-state{pairs=past=present capacities=p=4,q=5})' 2>&1 | FileCheck %s --check-prefix=UNUSED
// UNUSED: error: expected the name of a dimension that a state has, got 'q'

func.func @main(%x: tensor<?xf32, #tenon.dims<[b]>> {tenon.name = "x"}, %past: tensor<?x8xf32, #tenon.dims<[p]>> {tenon.name = "past"},
                %ids: tensor<?xi64, #tenon.dims<[b]>> {tenon.name = "ids"})
    -> (tensor<?xf32, #tenon.dims<[b]>> {tenon.name = "y"}, tensor<?x8xf32, #tenon.dims<[p]>> {tenon.name = "present"},
        tensor<?x16xf32, #tenon.dims<[p]>> {tenon.name = "wide"}) {
  %0 = tenon.exp %x : tensor<?xf32, #tenon.dims<[b]>> -> tensor<?xf32, #tenon.dims<[b]>>
  %1 = tenon.exp %past : tensor<?x8xf32, #tenon.dims<[p]>> -> tensor<?x8xf32, #tenon.dims<[p]>>
  %2 = tenon.concat %past, %past {axis = 1 : i64} : (tensor<?x8xf32, #tenon.dims<[p]>>, tensor<?x8xf32, #tenon.dims<[p]>>) -> tensor<?x16xf32, #tenon.dims<[p]>>
  return %0, %1, %2 : tensor<?xf32, #tenon.dims<[b]>>, tensor<?x8xf32, #tenon.dims<[p]>>, tensor<?x16xf32, #tenon.dims<[p]>>
}
