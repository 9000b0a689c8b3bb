//===- Emulator.c - a block of a GPU's threads as fibers ------------------===//
//
// For tests. Compiled device kernels call these functions in place of the
// device's instructions (lib/Codegen/GPU/EmulateDevice.cpp). Each thread of a
// block runs until it has to wait for others; the order in which they run is
// TENON_EMULATOR_ORDER: forward (the default), backward, or mixed. At the start
// shared memory holds numbers that are no results: NaN, or, as maxima may
// ignore that, backward ones near the largest.
//
//===----------------------------------------------------------------------===//
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { StackBytes = 64 << 10, WarpSize = 32 };
enum { Poison = 0xff, BackwardPoison = 0x7f };

/// A thread that does not run: where its stack ends, with its registers on it.
typedef void *Stack;

// swapcontext() asks the kernel for the signal mask each time, which takes
// longer than all the rest.
#if defined(__x86_64__)
__attribute__((naked)) static void switchStack(Stack *from, Stack to) {
  __asm__("push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15;"
          "mov %rsp, (%rdi); mov %rsi, %rsp;"
          "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp; ret");
}
/// A stack from which switchStack() enters `function`.
static Stack prepareStack(char *end, void (*function)(void)) {
  void **top = (void **)end - 2; // as after a call
  *top = (void *)function;
  memset(top - 6, 0, 6 * sizeof(void *));
  return top - 6;
}
#else
#include <ucontext.h>
typedef struct Fallback {
  ucontext_t context;
} Fallback;
static void switchStack(Stack *from, Stack to) {
  Fallback here;
  *from = &here;
  swapcontext(&here.context, &((Fallback *)to)->context);
}
static Stack prepareStack(char *end, void (*function)(void)) {
  Fallback *fallback = (Fallback *)(end - sizeof(Fallback) - 64);
  getcontext(&fallback->context);
  fallback->context.uc_stack.ss_sp = end - (48 << 10);
  fallback->context.uc_stack.ss_size = (48 << 10) - sizeof(Fallback) - 64;
  makecontext(&fallback->context, function, 0);
  return fallback;
}
#endif

typedef enum State { Ready, AtBarrier, AtShuffle, AtProduct, Done } State;

typedef struct Fiber {
  Stack stack;
  State state;
  int32_t value, lane; ///< of a shuffle: what it gives, and from whom it takes
  int32_t kind, *registers; ///< of a product
} Fiber;

typedef void (*Thread)(void *const *buffers, const int64_t *dims, void *scratch,
                       int64_t begin, int64_t end);

typedef enum Order { Forward, Backward, Mixed } Order;

typedef struct Block {
  Stack scheduler;
  Fiber *fibers;
  int64_t threads, current;
  char *shared;
  Order order;
  Thread thread;
  void *const *buffers;
  const int64_t *dims;
  void *scratch;
  int64_t begin, end;
} Block;

static _Thread_local Block *block;

static void fail(const char *what) {
  fprintf(stderr, "tenon: emulated device kernel: %s\n", what);
  abort();
}

static void wait(State state) {
  Fiber *fiber = &block->fibers[block->current];
  fiber->state = state;
  switchStack(&fiber->stack, block->scheduler);
}

int32_t tenon_rt_emulated_register(int32_t number) {
  // thread, block, blocks: the one block takes all work items
  return number == 0 ? (int32_t)block->current : number == 1 ? 0 : 1;
}

void tenon_rt_emulated_barrier(void) { wait(AtBarrier); }

int32_t tenon_rt_emulated_shuffle(int32_t value, int32_t distance) {
  Fiber *fiber = &block->fibers[block->current];
  fiber->value = value;
  fiber->lane = (int32_t)(block->current % WarpSize) ^ distance;
  wait(AtShuffle);
  return block->fibers[block->current].value;
}

/// A warp's mma.sync. kind 0: m16n8k8 of tf32; 1, 2: m16n8k16 of bf16, f16.
/// registers: 4 of the left factor, 2 of the right one, 4 sums.
void tenon_rt_emulated_product(int32_t kind, int32_t *registers) {
  Fiber *fiber = &block->fibers[block->current];
  fiber->kind = kind;
  fiber->registers = registers;
  wait(AtProduct);
}

void *tenon_rt_emulated_shared(void) { return block->shared; }

static void start(void) {
  block->thread(block->buffers, block->dims, block->scratch, block->begin,
                block->end);
  wait(Done);
}

/// Hands the lanes' values around once the whole warp is there.
static int shuffleWarp(Fiber *warp) {
  int32_t values[WarpSize];
  for (int i = 0; i < WarpSize; ++i) {
    if (warp[i].state != AtShuffle)
      return 0;
    values[i] = warp[i].value;
  }
  for (int i = 0; i < WarpSize; ++i) {
    warp[i].value = values[warp[i].lane % WarpSize];
    warp[i].state = Ready;
  }
  return 1;
}

static float fromBits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

static float fromHalf(uint32_t bits) {
  uint32_t sign = (bits & 0x8000) << 16, exponent = bits >> 10 & 31,
           mantissa = bits & 0x3ff;
  if (exponent == 31)
    return fromBits(sign | 0x7f800000 | mantissa << 13);
  // a denormal is its mantissa times 2^-24
  if (!exponent)
    return fromBits(sign | 0x3f800000) * (float)mantissa * 0x1p-24f;
  return fromBits(sign | (exponent + 112) << 23 | mantissa << 13);
}

/// Element `which` of a register of a factor.
static float getFactor(int32_t kind, int32_t bits, int which) {
  if (kind == 0) // the lower bits are not looked at
    return fromBits((uint32_t)bits & 0xffffe000);
  uint32_t half = which ? (uint32_t)bits >> 16 : (uint32_t)bits & 0xffff;
  return kind == 1 ? fromBits(half << 16) : fromHalf(half);
}

/// Multiplies once the whole warp is there. Which lane holds what: PTX ISA,
/// "Matrix Fragments for mma.m16n8k8" and for mma.m16n8k16.
static int multiplyWarp(Fiber *warp) {
  float lhs[16][16], rhs[16][8];
  int32_t kind = warp->kind;
  int width = kind ? 2 : 1, depth = 8 * width;
  for (int lane = 0; lane < WarpSize; ++lane)
    if (warp[lane].state != AtProduct || warp[lane].kind != kind)
      return 0;
  for (int lane = 0; lane < WarpSize; ++lane)
    for (int i = 0; i < width; ++i) {
      const int32_t *registers = warp[lane].registers;
      int group = lane / 4, k = lane % 4 * width + i;
      for (int part = 0; part < 4; ++part)
        lhs[group + part % 2 * 8][k + part / 2 * depth / 2] =
            getFactor(kind, registers[part], i);
      for (int part = 0; part < 2; ++part)
        rhs[k + part * depth / 2][group] =
            getFactor(kind, registers[4 + part], i);
    }
  for (int lane = 0; lane < WarpSize; ++lane) {
    for (int i = 0; i < 4; ++i) {
      int row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
      float sum = fromBits((uint32_t)warp[lane].registers[6 + i]);
      for (int k = 0; k < depth; ++k)
        sum += lhs[row][k] * rhs[k][column];
      memcpy(&warp[lane].registers[6 + i], &sum, sizeof(sum));
    }
    warp[lane].state = Ready;
  }
  return 1;
}

static int64_t count(const Block *b, State state) {
  int64_t number = 0;
  for (int64_t i = 0; i < b->threads; ++i)
    number += b->fibers[i].state == state;
  return number;
}

/// Which of `count` threads or warps has its turn.
static int64_t pick(Order order, int64_t turn, int64_t count) {
  if (order == Backward)
    return count - 1 - turn;
  // an odd factor visits each of a power of two once
  return order == Mixed ? turn * 77 % count : turn;
}

/// Runs a warp's threads until each has to wait. Returns whether what they
/// wait for is one another, and done.
static int runWarp(Block *b, int64_t first) {
  for (int64_t turn = 0; turn < WarpSize; ++turn) {
    b->current = first + pick(b->order, turn, WarpSize);
    Fiber *fiber = &b->fibers[b->current];
    if (fiber->state == Ready)
      switchStack(&b->scheduler, fiber->stack);
  }
  return shuffleWarp(b->fibers + first) | multiplyWarp(b->fibers + first);
}

/// Each warp gets as far ahead of the others as barriers let it; in the order
/// `mixed`, all get from shuffle to shuffle by turns.
static void runBlock(Block *b) {
  int64_t warps = b->threads / WarpSize;
  while (count(b, Done) < b->threads) {
    int hasMoved = 0;
    for (int64_t turn = 0; turn < warps; ++turn) {
      int64_t first = pick(b->order, turn, warps) * WarpSize;
      while (runWarp(b, first)) {
        hasMoved = 1;
        if (b->order == Mixed)
          break;
      }
    }
    if (hasMoved)
      continue;
    int64_t waiting = count(b, AtBarrier), done = count(b, Done);
    if (waiting == b->threads)
      for (int64_t i = 0; i < b->threads; ++i)
        b->fibers[i].state = Ready;
    else if (done < b->threads)
      fail("threads wait for others that never arrive");
  }
}

static Order getOrder(void) {
  const char *order = getenv("TENON_EMULATOR_ORDER");
  if (!order || !strcmp(order, "forward"))
    return Forward;
  if (strcmp(order, "backward") && strcmp(order, "mixed"))
    fail("expected TENON_EMULATOR_ORDER to be forward, backward or mixed");
  return *order == 'b' ? Backward : Mixed;
}

void tenon_rt_emulate(Thread thread, void *const *buffers, const int64_t *dims,
                      void *scratch, int64_t begin, int64_t end,
                      int64_t threads, int64_t sharedBytes) {
  Block b = {.threads = threads,
             .thread = thread,
             .buffers = buffers,
             .dims = dims,
             .scratch = scratch,
             .begin = begin,
             .end = end};
  size_t stackBytes = threads * (size_t)StackBytes;
  char *stacks = mmap(NULL, stackBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  b.fibers = calloc(threads, sizeof(Fiber));
  b.shared = aligned_alloc(64, (sharedBytes + 127) / 64 * 64);
  if (stacks == MAP_FAILED || !b.fibers || !b.shared)
    fail("out of memory");
  for (int64_t i = 0; i < threads; ++i)
    b.fibers[i].stack = prepareStack(stacks + (i + 1) * StackBytes, start);
  b.order = getOrder();
  memset(b.shared, b.order == Backward ? BackwardPoison : Poison, sharedBytes);
  Block *outer = block;
  block = &b;
  runBlock(&b);
  block = outer;
  free(b.shared);
  free(b.fibers);
  munmap(stacks, stackBytes);
}
