//===- Weights.c - where a model's weights are ----------------------------===//
#include "Weights.h"
#include "Error.h"
#include "tenon-rt/program.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MaxPath = 4096 };

typedef struct ArtefactSearch {
  uintptr_t address;
  char path[MaxPath];
} ArtefactSearch;

// dladdr would do but for programs, whose name it takes from argv[0].
static int visitObject(struct dl_phdr_info *info, size_t size, void *arg) {
  ArtefactSearch *search = arg;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    uintptr_t begin = info->dlpi_addr + segment->p_vaddr;
    if (segment->p_type != PT_LOAD || search->address < begin ||
        search->address - begin >= segment->p_memsz)
      continue;
    if (info->dlpi_name[0])
      strncpy(search->path, info->dlpi_name, MaxPath - 1);
    else if (readlink("/proc/self/exe", search->path, MaxPath - 1) < 0)
      search->path[0] = 0;
    return 1;
  }
  return 0;
}

// Asks where the program's code is, not the descriptor: an executable that is
// not position-independent has a copy of the descriptors that it refers to.
static int findBesideArtefact(const tenon_program *program, char *path) {
  ArtefactSearch search = {(uintptr_t)program->functions->run, ""};
  if (!dl_iterate_phdr(visitObject, &search))
    return 0;
  const char *slash = strrchr(search.path, '/');
  int folder = slash ? (int)(slash - search.path) + 1 : 0;
  int length = snprintf(path, MaxPath, "%.*s%s", folder, search.path,
                        program->weights_file);
  return length > 0 && length < MaxPath;
}

static tenon_status mapFile(const char *model, uint64_t expected,
                            const char *path, tenon_rt_weights *weights,
                            tenon_error *error) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return tenon_rt_fail(error, TENON_ERR_WEIGHTS,
                         "model '%s': cannot open weights file '%s': %s", model,
                         path, strerror(errno));
  int64_t size = lseek(file, 0, SEEK_END);
  if (size < 0 || (uint64_t)size != expected) {
    close(file);
    return tenon_rt_fail(error, TENON_ERR_WEIGHTS,
                         "model '%s': expected weights file '%s' of %" PRIu64
                         " bytes, got %" PRId64,
                         model, path, expected, size);
  }
  void *mapping = mmap(NULL, expected, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (mapping == MAP_FAILED)
    return tenon_rt_fail(error, TENON_ERR_WEIGHTS,
                         "model '%s': cannot map weights file '%s': %s", model,
                         path, strerror(errno));
  weights->data = weights->mapping = mapping;
  return TENON_OK;
}

tenon_status tenon_rt_find_weights(const char *model,
                                   const tenon_program *program,
                                   const char *path, tenon_rt_weights *weights,
                                   tenon_error *error) {
  char beside[MaxPath];
  *weights = (tenon_rt_weights){program->weights, NULL};
  if (program->weights || program->weights_size == 0)
    return TENON_OK;
  if (path)
    return mapFile(model, program->weights_size, path, weights, error);
  if (!findBesideArtefact(program, beside))
    return tenon_rt_fail(error, TENON_ERR_WEIGHTS,
                         "model '%s': cannot tell the folder of weights file "
                         "'%s'",
                         model, program->weights_file);
  return mapFile(model, program->weights_size, beside, weights, error);
}
