//===- StateCopy.c - between forms of a state's value ---------------------===//
#include "StateCopy.h"
#include "Device.h"

#include <string.h>

typedef struct Copy {
  Context *context;
  Form to, from;
  const int64_t *dims;
  int32_t rank;
  int32_t outer;    ///< dimensions in front of a run
  int64_t run;      ///< bytes that lie together on both sides
  int64_t elements; ///< bytes of one
  tenon_error *error;
} Copy;

static const int64_t *getRoom(const Form *form, const int64_t *dims) {
  return form->room ? form->room : dims;
}

static int64_t countBehind(const int64_t *sizes, int32_t dim, int32_t rank) {
  return tenon_num_elements(sizes + dim + 1, rank - dim - 1);
}

int tenon_rt_is_dense(const int64_t *dims, const int64_t *room, int32_t rank) {
  for (int32_t i = 0; room && i < rank; ++i)
    if (dims[i] > 1 && countBehind(dims, i, rank) != countBehind(room, i, rank))
      return tenon_num_elements(dims, rank) == 0;
  return 1;
}

static tenon_status copyRun(const Copy *copy, char *to, const char *from) {
  if (copy->to.isOnDevice)
    return tenon_rt_copy_to_device(copy->context, to, from, copy->run,
                                   copy->error);
  if (copy->from.isOnDevice)
    return tenon_rt_copy_from_device(copy->context, to, from, copy->run,
                                     copy->error);
  memcpy(to, from, copy->run);
  return TENON_OK;
}

// Dimension `dim` and those behind it, at one index of those in front.
static tenon_status copyDims(const Copy *copy, int32_t dim, char *to,
                             const char *from) {
  if (dim == copy->outer)
    return copyRun(copy, to, from);
  const int64_t *toRoom = getRoom(&copy->to, copy->dims);
  const int64_t *fromRoom = getRoom(&copy->from, copy->dims);
  int64_t toStep = countBehind(toRoom, dim, copy->rank) * copy->elements;
  int64_t fromStep = countBehind(fromRoom, dim, copy->rank) * copy->elements;
  tenon_status status = TENON_OK;
  for (int64_t i = 0; i < copy->dims[dim] && status == TENON_OK; ++i)
    status = copyDims(copy, dim + 1, to + i * toStep, from + i * fromStep);
  return status;
}

tenon_status tenon_rt_copy_elements(Context *context, Form to, Form from,
                                    const int64_t *dims, int32_t rank,
                                    int32_t bits, tenon_error *error) {
  Copy copy = {context, to, from, dims, rank, rank, bits / 8, bits / 8, error};
  const int64_t *toRoom = getRoom(&to, dims), *fromRoom = getRoom(&from, dims);
  if (tenon_num_elements(dims, rank) == 0)
    return TENON_OK;
  int isTogether = 1;
  while (copy.outer > 0 && isTogether) {
    int32_t dim = --copy.outer;
    copy.run *= dims[dim];
    isTogether = toRoom[dim] == dims[dim] && fromRoom[dim] == dims[dim];
  }
  return copyDims(&copy, 0, to.data, from.data);
}
