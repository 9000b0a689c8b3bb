//===- LayoutGraph.cpp - a layout for every value, and what it costs ------===//

#include "LayoutGraph.h"
#include "MinimumCut.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/AssumedSizes.h"
#include "tenon/Kernels/LayoutRules.h"
#include "tenon/Target/MachineModel.h"
#include <map>
#include <set>

using namespace mlir;
using namespace tenon;

static RankedTensorType getType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

TransposedValue tenon::lookThroughTransposes(Value value) {
  Layout layout = getModelLayout(getType(value).getRank());
  while (auto transpose = value.getDefiningOp<TransposeOp>()) {
    layout = compose(transpose.getPermutation(), layout);
    value = transpose.getOperand();
  }
  return {value, layout};
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

LayoutGraph::LayoutGraph(Operation *root) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op != root && !isa<TransposeOp>(op))
      addOp(op);
  });
}

/// The compiler evaluates what follows from constants alone.
static bool isConstant(Operation *op, const llvm::DenseSet<Value> &constants) {
  auto isKnown = [&](Value operand) {
    return constants.contains(lookThroughTransposes(operand).source);
  };
  return op->hasTrait<OpTrait::ConstantLike>() ||
         (op->getNumOperands() > 0 && op->getNumRegions() == 0 && isPure(op) &&
          llvm::all_of(op->getOperands(), isKnown));
}

void LayoutGraph::addOp(Operation *op) {
  if (hasLayouts(op)) {
    SmallVector<Layout> layouts;
    for (Value value :
         llvm::concat<Value>(SmallVector<Value>(op->getOperands()),
                             SmallVector<Value>(op->getResults())))
      layouts.push_back(getModelLayout(getType(value).getRank()));
    nodeOf[op] = nodes.size();
    auto rule = dyn_cast<LayoutOpInterface>(op);
    if (rule && rule.hasIndependentLayouts())
      for (auto [port, layout] : llvm::enumerate(layouts))
        nodes.push_back({op, static_cast<unsigned>(port), {layout}, {}});
    else
      nodes.push_back({op, 0, std::move(layouts), {}});
  }
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    TransposedValue value = lookThroughTransposes(operand.get());
    getSource(value.source)
        .uses.push_back(
            {getPort(op, operand.getOperandNumber()), value.layout});
  }
  if (isConstant(op, constants))
    constants.insert_range(op->getResults());
}

LayoutGraph::Port LayoutGraph::getPort(Operation *op, unsigned port) const {
  auto it = nodeOf.find(op);
  if (it == nodeOf.end())
    return {};
  bool isAlone = nodes[it->second].layouts.size() == 1 &&
                 op->getNumOperands() + op->getNumResults() > 1;
  return isAlone ? Port{it->second + port, 0} : Port{it->second, port};
}

/// What a view takes, in bytes that are moved: it may stand between ops that
/// would share a kernel, which are then a launch more. Most do not.
static constexpr int64_t kViewCost = MachineModel::kLaunchBytes / 10;
/// As many bytes of weights that exist once more, for a second layout, count as
/// one that is moved. A preference: they take room in the artefact and in
/// caches.
static constexpr int64_t kCopiedBytesPerByte = 16;

LayoutGraph::Source &LayoutGraph::getSource(Value value) {
  auto [it, isNew] = sourceOf.try_emplace(value, sources.size());
  if (!isNew)
    return sources[it->second];
  RankedTensorType type = getType(value);
  int64_t bytes = getAssumedProduct(type.getShape()) *
                  llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  Source source{value, {}, bytes + MachineModel::kLaunchBytes, {}};
  if (auto result = dyn_cast<OpResult>(value))
    source.port =
        getPort(result.getOwner(),
                result.getOwner()->getNumOperands() + result.getResultNumber());
  // what the compiler transposes takes no time, but the weights grow where two
  // layouts are read
  if (constants.contains(value))
    source.cost = value.hasOneUse() ? 1 : bytes / kCopiedBytesPerByte;
  sources.push_back(std::move(source));
  return sources.back();
}

SmallVector<Layout> LayoutGraph::getLayouts(Operation *op) const {
  auto it = nodeOf.find(op);
  SmallVector<Layout> layouts;
  if (it != nodeOf.end())
    for (unsigned node = it->second;
         node < nodes.size() && nodes[node].op == op; ++node)
      llvm::append_range(layouts, nodes[node].layouts);
  return layouts;
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

static LayoutRef select(const auto &node, unsigned index, bool isProposed) {
  return isProposed && !node.proposed.empty() ? node.proposed[index]
                                              : node.layouts[index];
}

Layout LayoutGraph::getLayout(const Source &source, bool isProposed) const {
  return source.port.node ? Layout(select(nodes[*source.port.node],
                                          source.port.index, isProposed))
                          : getModelLayout(getType(source.value).getRank());
}

Layout LayoutGraph::getLayout(const Source &source, const Use &use,
                              bool isProposed) const {
  if (!use.port.node)
    return use.transposed;
  LayoutRef wanted = select(nodes[*use.port.node], use.port.index, isProposed);
  return restrict(compose(use.transposed, wanted),
                  getType(source.value).getRank());
}

int64_t LayoutGraph::getCost(const Source &source, LayoutRef has,
                             LayoutRef wanted) const {
  if (has == wanted)
    return 0;
  RankedTensorType type = getType(source.value);
  bool isView = getOrder(type, has) == getOrder(type, wanted);
  return isView ? std::min(kViewCost, source.cost) : source.cost;
}

int64_t LayoutGraph::getPenalty(const Node &node, bool isProposed) const {
  auto rule = dyn_cast<LayoutOpInterface>(node.op);
  std::optional<LayoutPreference> preference =
      rule ? rule.getLayoutPreference() : std::nullopt;
  if (!preference || preference->port < node.firstPort ||
      preference->port - node.firstPort >= node.layouts.size())
    return 0;
  LayoutRef layout =
      select(node, preference->port - node.firstPort, isProposed);
  return layout == LayoutRef(preference->layout) ? 0 : preference->benefit;
}

int64_t LayoutGraph::getCost() const {
  int64_t cost = 0;
  for (const Source &source : sources) {
    Layout has = getLayout(source, /*isProposed=*/false);
    std::set<Layout> wanted;
    for (const Use &use : source.uses)
      wanted.insert(getLayout(source, use, /*isProposed=*/false));
    for (const Layout &layout : wanted)
      cost += getCost(source, has, layout);
  }
  for (const Node &node : nodes)
    cost += getPenalty(node, /*isProposed=*/false);
  return cost;
}

//===----------------------------------------------------------------------===//
// Proposals
//===----------------------------------------------------------------------===//

/// The first proposal that reaches a node counts.
void LayoutGraph::propose(Port port, LayoutRef layout) {
  if (!port.node || !nodes[*port.node].proposed.empty())
    return;
  Node &node = nodes[*port.node];
  if (node.layouts[port.index] == layout)
    return;
  FailureOr<SmallVector<Layout>> layouts =
      propagateLayout(node.op, node.firstPort + port.index, layout);
  if (failed(layouts))
    return;
  if (node.layouts.size() == 1)
    node.proposed = {(*layouts)[node.firstPort]};
  else
    node.proposed = *layouts;
  if (node.proposed == node.layouts)
    node.proposed.clear();
  else
    pending.push_back(*port.node);
}

/// Whoever reads from or writes to an op with a proposal is proposed what goes
/// with it without a transpose.
void LayoutGraph::propagate() {
  for (size_t next = 0; next < pending.size(); ++next) {
    unsigned number = pending[next];
    Operation *op = nodes[number].op;
    unsigned numOperands = op->getNumOperands();
    for (unsigned index = 0; index < nodes[number].layouts.size(); ++index) {
      Layout layout = nodes[number].proposed[index];
      if (layout == nodes[number].layouts[index])
        continue;
      unsigned port = nodes[number].firstPort + index;
      if (port < numOperands) {
        TransposedValue value = lookThroughTransposes(op->getOperand(port));
        propose(getSource(value.source).port,
                restrict(compose(value.layout, layout),
                         getType(value.source).getRank()));
        continue;
      }
      const Source &source = getSource(op->getResult(port - numOperands));
      for (const Use &use : source.uses)
        propose(use.port, compose(invert(use.transposed), layout));
    }
  }
  pending.clear();
}

void LayoutGraph::proposePreferences() {
  for (auto [number, node] : llvm::enumerate(nodes))
    if (auto rule = dyn_cast<LayoutOpInterface>(node.op))
      if (std::optional<LayoutPreference> preference =
              rule.getLayoutPreference())
        propose(getPort(node.op, preference->port), preference->layout);
  propagate();
}

void LayoutGraph::proposeToUses() {
  for (const Source &source : sources) {
    Layout has = getLayout(source, /*isProposed=*/false);
    for (const Use &use : source.uses)
      if (getLayout(source, use, /*isProposed=*/false) != has)
        propose(use.port, compose(invert(use.transposed), has));
  }
  propagate();
}

void LayoutGraph::proposeToSources() {
  for (const Source &source : sources) {
    Layout has = getLayout(source, /*isProposed=*/false);
    for (const Use &use : source.uses)
      if (Layout wanted = getLayout(source, use, /*isProposed=*/false);
          wanted != has)
        propose(source.port, wanted);
  }
  propagate();
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

/// Which nodes change, as a minimum cut.
class LayoutGraph::Choice {
public:
  explicit Choice(size_t numNodes) : cutNode(numNodes, MinimumCut::kKeeps) {}

  void addCandidate(unsigned node) { cutNode[node] = cut.addNode(); }
  unsigned get(std::optional<unsigned> node) const {
    return node ? cutNode[*node] : MinimumCut::kKeeps;
  }

  /// What it costs that `node` keeps its layouts, or changes them.
  void addCost(unsigned node, int64_t keeping, int64_t changing) {
    cut.addEdge(node, MinimumCut::kChanges, keeping);
    cut.addEdge(MinimumCut::kKeeps, node, changing);
  }

  /// `cost` is paid where `changes` says that any of `nodes` does (or keeps),
  /// unless `other` does the same.
  void addCost(unsigned other, ArrayRef<unsigned> nodes, bool changes,
               int64_t cost) {
    if (cost == 0)
      return;
    unsigned any = cut.addNode();
    if (changes) {
      cut.addEdge(other, any, cost);
      for (unsigned node : nodes)
        cut.addEdge(any, node, MinimumCut::kInfinite);
    } else {
      cut.addEdge(any, other, cost);
      for (unsigned node : nodes)
        cut.addEdge(node, any, MinimumCut::kInfinite);
    }
  }

  MinimumCut cut;

private:
  SmallVector<unsigned> cutNode;
};

/// What reading `source` costs, whoever changes.
void LayoutGraph::addCosts(const Source &source, Choice &choice) const {
  unsigned at = choice.get(source.port.node);
  Layout has[] = {getLayout(source, false), getLayout(source, true)};
  // readers that want the same layout share a transpose
  std::set<Layout> wantedAnyway;
  std::map<std::pair<bool, Layout>, SmallVector<unsigned>> readers;
  for (const Use &use : source.uses) {
    Layout now = getLayout(source, use, false),
           proposed = getLayout(source, use, true);
    if (now == proposed) {
      wantedAnyway.insert(now);
      continue;
    }
    readers[{false, now}].push_back(choice.get(use.port.node));
    readers[{true, proposed}].push_back(choice.get(use.port.node));
  }
  for (const Layout &wanted : wantedAnyway)
    choice.addCost(at, getCost(source, has[0], wanted),
                   getCost(source, has[1], wanted));
  for (auto &[key, nodes] : readers) {
    auto &[changes, wanted] = key;
    if (wantedAnyway.count(wanted))
      continue;
    int64_t alike = getCost(source, has[changes], wanted),
            unlike = getCost(source, has[!changes], wanted);
    if (at == MinimumCut::kKeeps && changes)
      alike = unlike; // it never does
    // a cut cannot say that a cost is spared by being unlike: then it is taken
    // to be paid in any case
    unsigned always = changes ? MinimumCut::kKeeps : MinimumCut::kChanges;
    choice.addCost(always, nodes, changes, alike);
    choice.addCost(at, nodes, changes, std::max<int64_t>(unlike - alike, 0));
  }
}

/// Lets those nodes take their proposals with which the graph costs least.
/// Returns whether it costs less then.
bool LayoutGraph::takeWhatPays() {
  Choice choice(nodes.size());
  for (auto [number, node] : llvm::enumerate(nodes)) {
    if (node.proposed.empty())
      continue;
    choice.addCandidate(number);
    choice.addCost(choice.get(number), getPenalty(node, /*isProposed=*/false),
                   getPenalty(node, /*isProposed=*/true));
  }
  for (const Source &source : sources)
    addCosts(source, choice);
  SmallVector<bool> changes = choice.cut.solve();
  int64_t costBefore = getCost();
  SmallVector<unsigned> changed;
  for (auto [number, node] : llvm::enumerate(nodes))
    if (!node.proposed.empty() && changes[choice.get(number)]) {
      std::swap(node.layouts, node.proposed);
      changed.push_back(number);
    }
  bool isBetter = getCost() < costBefore;
  if (!isBetter)
    for (unsigned number : changed)
      std::swap(nodes[number].layouts, nodes[number].proposed);
  for (Node &node : nodes)
    node.proposed.clear();
  return isBetter;
}

void LayoutGraph::improve() {
  proposePreferences();
  takeWhatPays();
  // each round costs as much as the graph is large; few change anything
  constexpr unsigned kMaxRounds = 8;
  for (unsigned round = 0; round < kMaxRounds; ++round) {
    proposeToUses();
    bool isBetter = takeWhatPays();
    proposeToSources();
    if (!(takeWhatPays() | isBetter))
      return;
  }
}
