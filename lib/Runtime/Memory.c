//===- Memory.c - workspace and lent outputs ------------------------------===//
#include "Device.h"
#include "Error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { CacheLine = 64, HugePage = 2 << 20 };

// Arenas of big models touch megabytes for each kernel: with 4 KB pages they
// miss the TLB all the time.
static void *allocateDefault(size_t size) {
  size_t alignment = size >= 2 * HugePage ? HugePage : CacheLine;
  void *data = NULL;
  if (posix_memalign(&data, alignment, size))
    return NULL;
  if (alignment == HugePage)
    madvise(data, size, MADV_HUGEPAGE);
  return data;
}

void tenon_rt_free_block(Context *context, Block *block) {
  const tenon_options *options = &context->options;
  if (block->data && options->deallocate)
    options->deallocate(options->memory_user, block->data, block->capacity);
  else
    free(block->data);
  *block = (Block){NULL, 0};
}

tenon_status tenon_rt_grow(Context *context, Block *block, int64_t size,
                           tenon_error *error) {
  const tenon_options *options = &context->options;
  if ((uint64_t)size <= block->capacity)
    return TENON_OK;
  tenon_rt_free_block(context, block);
  block->data = options->allocate
                    ? options->allocate(options->memory_user, size, CacheLine)
                    : allocateDefault(size);
  if (!block->data)
    return tenon_rt_fail(error, TENON_ERR_MEMORY,
                         "model '%s': cannot allocate %" PRId64 " bytes",
                         context->base.model->name, size);
  block->capacity = size;
  return TENON_OK;
}

// Rounded up to whole cache lines, so that threads do not share one.
static int roundToLines(int64_t *bytes) {
  if (*bytes < 0 || *bytes > INT64_MAX - CacheLine)
    return 0;
  *bytes = (*bytes + CacheLine - 1) / CacheLine * CacheLine;
  return 1;
}

tenon_status tenon_rt_grow_workspace(Context *context, tenon_error *error) {
  const int64_t *sizes = context->current->sizes;
  int64_t arena = sizes[0], scratch = sizes[1], total;
  if (arena <= context->arenaBytes && scratch <= context->scratchBytes &&
      arena >= 0 && scratch >= 0)
    return TENON_OK;
  if (!roundToLines(&arena) || !roundToLines(&scratch))
    return tenon_rt_fail(error, TENON_ERR_MEMORY,
                         "model '%s': the workspace for these dimensions "
                         "exceeds the address space",
                         context->base.model->name);
  arena = arena > context->arenaBytes ? arena : context->arenaBytes;
  scratch = scratch > context->scratchBytes ? scratch : context->scratchBytes;
  if (__builtin_mul_overflow(scratch, (int64_t)context->workers, &total) ||
      __builtin_add_overflow(total, arena, &total))
    total = INT64_MAX;
  context->arenaBytes = context->scratchBytes = 0;
  tenon_status status =
      context->device
          ? tenon_rt_grow_on_device(context, total, error)
          : tenon_rt_grow(context, &context->workspace, total, error);
  if (status != TENON_OK)
    return status;
  context->arenaBytes = arena;
  context->scratchBytes = scratch;
  if (!context->device)
    context->frame.arena = context->workspace.data;
  context->scratch = context->frame.arena + arena;
  context->scratchStride = scratch;
  if (context->lateScratch.capacity >= scratch * (uint64_t)context->workers) {
    context->scratch = context->lateScratch.data;
    context->scratchStride = context->lateScratch.capacity / context->workers /
                             CacheLine * CacheLine;
  }
  return TENON_OK;
}
