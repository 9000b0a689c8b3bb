/*===- mpi.h - ranks that reach each other by MPI --------------*- C -*-===*
 * Part of Tenon, under the Apache License v2.0 with LLVM Exceptions.
 *
 * A communicator for programs with collectives, over all processes that
 * `mpirun` has started:
 *
 *   tenon_communicator ranks;
 *   if (tenon_mpi_open(&ranks, &error) != TENON_OK) ...
 *   tenon_options options = TENON_OPTIONS_INIT;
 *   options.communicator = &ranks;
 *   ... contexts opened with these options ...
 *   tenon_mpi_close(&ranks);
 *
 * Link with libtenon-mpi. A thread of its own makes all calls of MPI, one
 * transfer after the other, while kernels run. An application that uses MPI
 * itself has to have initialised it with MPI_THREAD_MULTIPLE.
 *
 * Sums go in two levels where there are several hosts: within each, then
 * between one rank of each, then back.
 *===----------------------------------------------------------------------===*/
#ifndef TENON_RT_MPI_H
#define TENON_RT_MPI_H

#include "tenon-rt/tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fills *ranks; it and what its user points to are the library's until
 * tenon_mpi_close. One at a time in a process. */
tenon_status tenon_mpi_open(tenon_communicator *ranks, tenon_error *error);

/* Waits for all ranks to come here, unless a call of one has failed. */
void tenon_mpi_close(tenon_communicator *ranks);

/* Ends all ranks' processes, with a failure. */
void tenon_mpi_abort(tenon_communicator *ranks);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* TENON_RT_MPI_H */
