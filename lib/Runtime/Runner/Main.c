//===- Main.c - the main of compiled executables --------------------------===//
#include "tenon-rt/runner.h"

// The descriptor's symbol in every artefact; in C its name is a type's.
extern const tenon_model linkedModel __asm__("tenon_model");

int main(int argc, char **argv) {
  return tenon_runner_main(&linkedModel, argc, argv);
}
