//===- MinimumCut.cpp - the cheapest of two choices for each of many ------===//

#include "MinimumCut.h"
#include <deque>

using namespace mlir;
using namespace tenon;

unsigned MinimumCut::addNode() {
  edgesOf.emplace_back();
  return edgesOf.size() - 1;
}

void MinimumCut::addEdge(unsigned keeping, unsigned changing,
                         int64_t capacity) {
  if (capacity == 0 || keeping == changing)
    return;
  edgesOf[keeping].push_back(edges.size());
  edges.push_back({changing, capacity});
  edgesOf[changing].push_back(edges.size());
  edges.push_back({keeping, 0});
}

/// How many edges each node is away from where the flow begins; whether its end
/// can be reached.
bool MinimumCut::findLevels() {
  levels.assign(edgesOf.size(), -1);
  levels[kKeeps] = 0;
  std::deque<unsigned> queue{kKeeps};
  while (!queue.empty()) {
    unsigned node = queue.front();
    queue.pop_front();
    for (unsigned index : edgesOf[node]) {
      const Edge &edge = edges[index];
      if (edge.capacity == 0 || levels[edge.to] >= 0)
        continue;
      levels[edge.to] = levels[node] + 1;
      queue.push_back(edge.to);
    }
  }
  return levels[kChanges] >= 0;
}

/// Sends flow along shortest paths until none is left. A loop rather than a
/// recursion: paths are as long as networks are deep.
void MinimumCut::saturate() {
  SmallVector<unsigned> next(edgesOf.size(), 0), path;
  auto getEnd = [&] { return path.empty() ? kKeeps : edges[path.back()].to; };
  while (true) {
    unsigned node = getEnd();
    if (node == kChanges) {
      int64_t flow = kInfinite;
      for (unsigned index : path)
        flow = std::min(flow, edges[index].capacity);
      for (unsigned index : path) {
        edges[index].capacity -= flow;
        edges[index ^ 1].capacity += flow;
      }
      // back to before the first edge that is full now
      path.truncate(llvm::find_if(path,
                                  [&](unsigned index) {
                                    return edges[index].capacity == 0;
                                  }) -
                    path.begin());
      continue;
    }
    unsigned &i = next[node];
    while (i < edgesOf[node].size() &&
           (edges[edgesOf[node][i]].capacity == 0 ||
            levels[edges[edgesOf[node][i]].to] != levels[node] + 1))
      ++i;
    if (i < edgesOf[node].size()) {
      path.push_back(edgesOf[node][i]);
      continue;
    }
    if (path.empty())
      return;
    levels[node] = -1; // a dead end
    path.pop_back();
  }
}

SmallVector<bool> MinimumCut::solve() {
  while (findLevels())
    saturate();
  // what can still reach the end has to change, the others need not
  SmallVector<bool> changes(edgesOf.size(), false);
  SmallVector<unsigned> stack{kChanges};
  changes[kChanges] = true;
  while (!stack.empty()) {
    unsigned node = stack.pop_back_val();
    for (unsigned index : edgesOf[node]) {
      unsigned from = edges[index].to;
      if (edges[index ^ 1].capacity == 0 || changes[from])
        continue;
      changes[from] = true;
      stack.push_back(from);
    }
  }
  return changes;
}
