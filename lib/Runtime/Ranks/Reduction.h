//===- Reduction.h - how MPI reduces elements -------------------*- C -*-===//
#ifndef TENON_RUNTIME_RANKS_REDUCTION_H
#define TENON_RUNTIME_RANKS_REDUCTION_H

#include "tenon-rt/tenon.h"

#include <mpi.h>

/// MPI's type and op for an all_reduce; a mean is a sum here. Returns an error
/// code of MPI.
int tenon_mpi_find_reduction(const tenon_transfer *transfer, MPI_Datatype *type,
                             MPI_Op *op);

/// Divides the result, floats, by the number of ranks.
void tenon_mpi_divide(const tenon_transfer *transfer, int numRanks);

#endif // TENON_RUNTIME_RANKS_REDUCTION_H
