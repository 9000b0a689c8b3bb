//===- PoolHome.c - finding the one pool of a process ---------------------===//
//
// Every copy of the runtime carries an ELF note that tells where its pool is.
// The pool of the process is the one whose artefact comes first among the
// loaded objects. That needs no election: the dynamic linker appends to its
// list, and whoever uses the pool keeps its artefact loaded, so that the first
// one stays the first for as long as there is a user.
//
//===----------------------------------------------------------------------===//
#include "Pool.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

#define NOTE_NAME "Tenon"
#define STRINGIFY(x) #x
#define EXPAND_AND_STRINGIFY(x) STRINGIFY(x)

// A distance instead of an address, for that would be a relocation in a
// read-only segment; of 64 bits, for weights of over 2 GB may lie between.
__asm__(".pushsection .note.tenon, \"a\", %note\n"
        ".balign 4\n"
        ".long 6, 16, " EXPAND_AND_STRINGIFY(
            TENON_RT_POOL_VERSION) "\n"
                                   ".asciz \"" NOTE_NAME "\"\n"
                                   ".balign 4\n"
                                   "1: .quad tenon_rt_own_pool - 1b\n"
                                   ".quad 0\n"
                                   ".popsection\n");

typedef struct PoolSearch {
  const tenon_rt_pool_home *home;
  char path[4096];
} PoolSearch;

static const tenon_rt_pool_home *findInNotes(const char *notes, size_t size) {
  while (size >= sizeof(ElfW(Nhdr))) {
    const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)notes;
    size_t nameBytes = (note->n_namesz + 3) & ~(size_t)3;
    size_t descBytes = (note->n_descsz + 3) & ~(size_t)3;
    if (size < sizeof(*note) + nameBytes + descBytes)
      return NULL;
    const char *name = notes + sizeof(*note), *desc = name + nameBytes;
    if (note->n_type == TENON_RT_POOL_VERSION && note->n_descsz == 16 &&
        note->n_namesz == sizeof(NOTE_NAME) && !memcmp(name, NOTE_NAME, 6)) {
      int64_t distance;
      memcpy(&distance, desc, sizeof(distance));
      return (const tenon_rt_pool_home *)(desc + distance);
    }
    notes += sizeof(*note) + nameBytes + descBytes;
    size -= sizeof(*note) + nameBytes + descBytes;
  }
  return NULL;
}

static int visitObject(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)size;
  PoolSearch *search = arg;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    // Only our notes matter, which are 4-byte aligned; those of 8 (GNU
    // properties) are padded differently.
    if (segment->p_type != PT_NOTE || segment->p_align > 4)
      continue;
    search->home = findInNotes(
        (const char *)(info->dlpi_addr + segment->p_vaddr), segment->p_memsz);
    if (!search->home)
      continue;
    strncpy(search->path, info->dlpi_name, sizeof(search->path) - 1);
    return 1;
  }
  return 0;
}

static PoolSearch findFirst(void) {
  PoolSearch search = {0};
  dl_iterate_phdr(visitObject, &search);
  return search;
}

// Between finding an artefact and holding it, another thread may unload it:
// hence the second look. dlopen cannot be called while dl_iterate_phdr holds
// the linker's lock.
static tenon_rt_pool_use findPoolHome(void) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    PoolSearch first = findFirst();
    if (!first.home)
      break;
    if (!first.path[0]) // the program itself
      return (tenon_rt_pool_use){.home = first.home};
    void *library = dlopen(first.path, RTLD_NOW | RTLD_NOLOAD);
    if (!library)
      continue;
    if (findFirst().home == first.home)
      return (tenon_rt_pool_use){.home = first.home, .library = library};
    dlclose(library);
  }
  return (tenon_rt_pool_use){.home = &tenon_rt_own_pool};
}

tenon_rt_pool_use tenon_rt_pool_acquire(int32_t threads, int32_t cores) {
  tenon_rt_pool_use use = findPoolHome();
  use.threads = threads;
  use.available = use.home->acquire(threads, cores);
  return use;
}

void tenon_rt_pool_release(tenon_rt_pool_use use) {
  use.home->release(use.threads);
  if (use.library)
    dlclose(use.library);
}
