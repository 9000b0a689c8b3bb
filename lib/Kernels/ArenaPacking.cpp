//===- ArenaPacking.cpp - offsets for values of known lifetimes -----------===//
//
// Static sizes: each buffer at the lowest offset that is free in its lifetime
// (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
// Inference", 2020), in several orders, of which the best is kept. Symbolic
// sizes: slots that are reused in the order of the program by values that
// provably fit, behind the static part; static values share them, too. Those
// that have a bound lie in the static part where that has room for it.
//
//===----------------------------------------------------------------------===//

#include "ArenaPacking.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Kernels/Placement.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tenon;

namespace {
/// A buffer of constant size, which is a multiple of the alignment.
struct Item {
  ArenaBuffer *buffer;
  int64_t size, begin, end;
  int64_t offset = 0;

  bool meets(const Item &other) const {
    return begin <= other.end && other.begin <= end;
  }
};
} // namespace

static int64_t alignUp(int64_t bytes) {
  return llvm::alignTo(bytes, bufferAlignment);
}

AffineExpr tenon::alignUp(AffineExpr size) {
  if (std::optional<int64_t> constant = getConstantDim(size))
    return getAffineConstantExpr(::alignUp(*constant), size.getContext());
  return simplifyDim(size.ceilDiv(bufferAlignment) * bufferAlignment);
}

/// Places `items` in their order; returns the bytes they need.
static int64_t place(MutableArrayRef<Item> items) {
  int64_t total = 0;
  SmallVector<Item *> placed; // by offset
  for (Item &item : items) {
    item.offset = 0;
    for (Item *other : placed) {
      if (!item.meets(*other))
        continue;
      if (item.offset + item.size <= other->offset)
        break;
      item.offset = std::max(item.offset, other->offset + other->size);
    }
    total = std::max(total, item.offset + item.size);
    placed.insert(llvm::upper_bound(placed, &item,
                                    [](const Item *a, const Item *b) {
                                      return a->offset < b->offset;
                                    }),
                  &item);
  }
  return total;
}

/// Places `items` in their order, then again and again with that moved to the
/// front which reaches highest; keeps the best.
static int64_t placeAndImprove(SmallVector<Item> items, int64_t bound,
                               SmallVectorImpl<Item> &best, int64_t total) {
  // a round takes time with the square of the items' number: of more than a
  // thousand fewer are tried
  constexpr size_t kMaxRounds = 32, kMaxPairs = kMaxRounds << 20;
  size_t pairs = std::max<size_t>(items.size() * items.size(), 1),
         rounds = std::clamp<size_t>(kMaxPairs / pairs, 1, kMaxRounds);
  for (size_t round = 0; round < rounds && total > bound; ++round) {
    int64_t reached = place(items);
    if (reached < total) {
      total = reached;
      best.assign(items.begin(), items.end());
    }
    Item *top = llvm::max_element(items, [](const Item &a, const Item &b) {
      return a.offset + a.size < b.offset + b.size;
    });
    std::rotate(items.begin(), top, top + 1);
  }
  return total;
}

static int64_t getMaxLive(ArrayRef<Item> items) {
  SmallVector<std::pair<int64_t, int64_t>> changes;
  for (const Item &item : items) {
    changes.emplace_back(item.begin, item.size);
    changes.emplace_back(item.end + 1, -item.size);
  }
  // at one position, what ends makes room before what begins
  llvm::sort(changes);
  int64_t live = 0, most = 0;
  for (auto [position, change] : changes)
    most = std::max(most, live += change);
  return most;
}

static SmallVector<Item> getItems(ArrayRef<ArenaBuffer *> buffers) {
  return llvm::map_to_vector(buffers, [](ArenaBuffer *buffer) {
    return Item{buffer, alignUp(*getConstantDim(buffer->size)), buffer->begin,
                buffer->end};
  });
}

int64_t tenon::getMaxLiveBytes(ArrayRef<ArenaBuffer *> buffers) {
  return getMaxLive(getItems(buffers));
}

/// Adds to `items`, which are placed in `total` bytes, those of `buffers` that
/// fit between them at their largest, in the order of these sizes.
static void fillGaps(SmallVectorImpl<Item> &items, int64_t total,
                     SmallVectorImpl<ArenaBuffer *> &buffers) {
  SmallVector<ArenaBuffer *> bounded;
  llvm::copy_if(buffers, std::back_inserter(bounded), [&](ArenaBuffer *buffer) {
    return buffer->most && *buffer->most <= total;
  });
  llvm::stable_sort(bounded, [](ArenaBuffer *a, ArenaBuffer *b) {
    return *a->most > *b->most;
  });
  llvm::SmallPtrSet<ArenaBuffer *, 8> placed;
  for (ArenaBuffer *buffer : bounded) {
    Item item{buffer, alignUp(*buffer->most), buffer->begin, buffer->end};
    llvm::sort(items, [](const Item &a, const Item &b) {
      return a.offset < b.offset;
    });
    for (const Item &other : items) {
      if (!item.meets(other))
        continue;
      if (item.offset + item.size <= other.offset)
        break;
      item.offset = std::max(item.offset, other.offset + other.size);
    }
    if (item.offset + item.size > total)
      continue;
    items.push_back(item);
    placed.insert(buffer);
  }
  llvm::erase_if(buffers,
                 [&](ArenaBuffer *buffer) { return placed.contains(buffer); });
}

/// Packs buffers of static sizes; returns the bytes they need. Those of
/// `symbolics` for which there is room beside them, as large as they can be,
/// get an offset too, and leave the list.
static int64_t packStatic(ArrayRef<ArenaBuffer *> buffers,
                          SmallVectorImpl<ArenaBuffer *> &symbolics) {
  SmallVector<Item> items = getItems(buffers), best;
  int64_t bound = getMaxLive(items),
          total = std::numeric_limits<int64_t>::max();
  auto bySize = [](const Item &a, const Item &b) { return a.size > b.size; };
  auto byArea = [](const Item &a, const Item &b) {
    return a.size * (a.end - a.begin + 1) > b.size * (b.end - b.begin + 1);
  };
  auto byLength = [](const Item &a, const Item &b) {
    return a.end - a.begin > b.end - b.begin;
  };
  // the program's order first: it decides where others are equal
  total = placeAndImprove(items, bound, best, total);
  llvm::stable_sort(items, byLength);
  total = placeAndImprove(items, bound, best, total);
  llvm::stable_sort(items, byArea);
  total = placeAndImprove(items, bound, best, total);
  llvm::stable_sort(items, bySize);
  total = placeAndImprove(items, bound, best, total);
  if (best.empty())
    return 0;
  fillGaps(best, total, symbolics);
  for (Item &item : best)
    item.buffer->offset =
        getAffineConstantExpr(item.offset, item.buffer->size.getContext());
  return total;
}

namespace {
struct Slot {
  AffineExpr size;
  SmallVector<ArenaBuffer *> buffers;

  bool isFree(const ArenaBuffer &buffer) const {
    return llvm::none_of(buffers, [&](const ArenaBuffer *other) {
      return other->begin <= buffer.end && buffer.begin <= other->end;
    });
  }
};
} // namespace

/// The smallest free slot in which `buffer` fits; else the largest that may
/// grow; null if there is neither.
static Slot *findSlot(MutableArrayRef<Slot> slots, const ArenaBuffer &buffer) {
  Slot *best = nullptr;
  for (Slot &slot : slots) {
    if (!slot.isFree(buffer))
      continue;
    bool fits = isProvablyAtLeast(slot.size, buffer.size),
         grows = isProvablyAtLeast(buffer.size, slot.size);
    if (fits && (!best || !isProvablyAtLeast(best->size, buffer.size) ||
                 isProvablyAtLeast(best->size, slot.size)))
      best = &slot;
    else if (!fits && grows &&
             (!best || isProvablyAtLeast(slot.size, best->size)))
      best = best && isProvablyAtLeast(best->size, buffer.size) ? best : &slot;
  }
  return best;
}

AffineExpr tenon::packArena(ArrayRef<ArenaBuffer *> buffers,
                            MLIRContext *context) {
  SmallVector<ArenaBuffer *> statics, symbolics;
  for (ArenaBuffer *buffer : buffers)
    (getConstantDim(buffer->size) ? statics : symbolics).push_back(buffer);

  SmallVector<Slot> slots;
  llvm::stable_sort(symbolics, [](ArenaBuffer *a, ArenaBuffer *b) {
    return a->begin < b->begin;
  });
  auto addToSlot = [&](ArenaBuffer *buffer) {
    Slot *slot = findSlot(slots, *buffer);
    if (!slot)
      slot = &slots.emplace_back(Slot{buffer->size, {}});
    if (!isProvablyAtLeast(slot->size, buffer->size))
      slot->size = buffer->size;
    slot->buffers.push_back(buffer);
  };
  SmallVector<ArenaBuffer *> bounded;
  for (ArenaBuffer *buffer : symbolics) {
    if (buffer->most)
      bounded.push_back(buffer);
    else
      addToSlot(buffer);
  }
  // a slot of `b * 64 + 256` bytes has room for 256, whatever b is
  llvm::erase_if(statics, [&](ArenaBuffer *buffer) {
    for (Slot &slot : slots)
      if (slot.isFree(*buffer) && isProvablyAtLeast(slot.size, buffer->size)) {
        slot.buffers.push_back(buffer);
        return true;
      }
    return false;
  });

  AffineExpr offset =
      getAffineConstantExpr(packStatic(statics, bounded), context);
  for (ArenaBuffer *buffer : bounded)
    addToSlot(buffer);
  for (Slot &slot : slots) {
    for (ArenaBuffer *buffer : slot.buffers)
      buffer->offset = offset;
    offset = simplifyDim(offset + alignUp(slot.size));
  }
  return offset;
}
