//===- Passes.td - which ops form kernels, and where values lie -----------===//
#ifndef TENON_KERNELS_PASSES_TD
#define TENON_KERNELS_PASSES_TD

include "tenon/Target/TargetPass.td"

def SelectLayoutsPass : Pass<"tenon-select-layouts", "::mlir::func::FuncOp"> {
  let summary = "choose the order in which each tensor's dimensions lie, so that least is transposed";
  let description = [{
    Convolutions read vectors of channels when these lie next to each other; most ops do not mind the order
    (LayoutOpInterface says what each can). Every op gets an order, by proposals that spread through the graph and a
    minimum cut that says who takes them: what is transposed where two orders meet, against what an op gains, costs
    least. Transposes of the model are such seams too, so they sink, rise or cancel. Around a contraction another order
    is another indexing map. Only what then differs is transposed.

    ```mlir
    %0 = tenon.conv %x, %w ... : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
    // becomes
    %1 = tenon.transpose %x [0, 2, 3, 1] : tensor<1x64x56x56xf32> -> tensor<1x56x56x64xf32>
    %2 = tenon.transpose %w [2, 3, 1, 0] : tensor<64x64x3x3xf32> -> tensor<3x3x64x64xf32>
    %3 = tenon.conv %1, %2 {channels_last, ...} : (tensor<1x56x56x64xf32>, tensor<3x3x64x64xf32>) -> tensor<1x56x56x64xf32>
    %4 = tenon.transpose %3 [0, 3, 1, 2] : tensor<1x56x56x64xf32> -> tensor<1x64x56x56xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numTransposes", "num-transposes", "transposes left">,
    Statistic<"numBytes", "num-bytes", "bytes that these move">];
}

def SplitConvPhasesPass : Pass<"tenon-split-conv-phases", "::mlir::func::FuncOp"> {
  let summary = "compute convolutions over dilated inputs without the zeros between";
  let description = [{
    Transposed convolutions, and the gradients of strided ones, are convolutions of an input with zeros between its
    elements. Every n-th result meets the same of the weights, and elements that are neighbours: such a phase is an
    ordinary convolution with a part of the weights. The phases are then interleaved. Where all meet the same elements
    (a window as large as the stride), they are channels of one convolution.

    ```mlir
    %0 = tenon.conv %x, %w {channels_last, input_dilations = array<i64: 2>, pads = array<i64: 1, 1>, ...} : (tensor<1x4x8xf32>, tensor<2x8x6xf32>) -> tensor<1x8x6xf32>
    // becomes
    %1 = tenon.slice %w starts <[1, 0, 0]> steps [2, 1, 1] : tensor<2x8x6xf32> -> tensor<1x8x6xf32>
    %2 = tenon.slice %w starts <[0, 0, 0]> steps [2, 1, 1] : tensor<2x8x6xf32> -> tensor<1x8x6xf32>
    %3 = tenon.concat %1, %2 {axis = 2 : i64} : (tensor<1x8x6xf32>, tensor<1x8x6xf32>) -> tensor<1x8x12xf32>
    %4 = tenon.conv %x, %3 {channels_last, ...} : (tensor<1x4x8xf32>, tensor<1x8x12xf32>) -> tensor<1x4x12xf32>
    %5 = tenon.reshape %4 : tensor<1x4x12xf32> -> tensor<1x8x6xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numSplit", "num-split", "convolutions split">];
}

def Im2colPass : Pass<"tenon-im2col", "::mlir::func::FuncOp"> {
  let summary = "compute convolutions as products of a matrix of patches, made in memory, with the weights";
  let description = [{
    The textbook's way: what lies under the window at each position becomes a row of a matrix. Not run by itself,
    because the register tiles of `tile-contraction` address the patches where they lie, which is as fast and copies
    nothing (docs/Rationale/Contractions.md); it is here to compare with, and for targets whose contractions read plain
    matrices alone. Convolutions with groups stay.

    ```mlir
    %0 = tenon.conv %x, %w {channels_last, pads = array<i64: 0, 0>, ...} : (tensor<1x6x4xf32>, tensor<3x4x8xf32>) -> tensor<1x4x8xf32>
    // becomes
    %1 = tenon.slice %x starts <[0, 0, 0]> : tensor<1x6x4xf32> -> tensor<1x4x4xf32>
    %2 = tenon.slice %x starts <[0, 1, 0]> : tensor<1x6x4xf32> -> tensor<1x4x4xf32>
    %3 = tenon.slice %x starts <[0, 2, 0]> : tensor<1x6x4xf32> -> tensor<1x4x4xf32>
    %4 = tenon.concat %1, %2, %3 {axis = 2 : i64} : (tensor<1x4x4xf32>, tensor<1x4x4xf32>, tensor<1x4x4xf32>) -> tensor<1x4x12xf32>
    %5 = tenon.reshape %w : tensor<3x4x8xf32> -> tensor<12x8xf32>
    %6 = tenon.contract %4, %5 {indexing_maps = [affine_map<(n, p, o, k) -> (n, p, k)>, affine_map<(n, p, o, k) -> (k, o)>, affine_map<(n, p, o, k) -> (n, p, o)>]}
      : (tensor<1x4x12xf32>, tensor<12x8xf32>) -> tensor<1x4x8xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numGathered", "num-gathered", "convolutions turned into products">];
}

def WidenConvsPass : TargetPass<"tenon-widen-convs", "::mlir::func::FuncOp"> {
  let summary = "compute neighbouring results of a convolution with few channels in one vector";
  let description = [{
    A convolution whose results have fewer channels than a vector has lanes becomes one that steps over several results
    of a row at once, each with its own channels and the weights shifted in a wider window; its result is only viewed
    otherwise. That multiplies by some more zeros in the window and by far fewer in the vector. The weights have to be
    constant: `evaluate-constants` joins them. As with Winograd's algorithm, an infinity or NaN of the input may reach
    results beside those whose window holds it.

    ```mlir
    %0 = tenon.conv %x, %w {channels_last, strides = array<i64: 1>, ...} : (tensor<1x34x16xf32>, tensor<3x16x2xf32>) -> tensor<1x32x2xf32>
    // becomes
    %1 = tenon.pad %w low <[0, 0, 0]> high <[1, 0, 0]> ... -> tensor<4x16x2xf32>
    %2 = tenon.pad %w low <[1, 0, 0]> high <[0, 0, 0]> ... -> tensor<4x16x2xf32>
    %3 = tenon.concat %1, %2 {axis = 2 : i64} : (tensor<4x16x2xf32>, tensor<4x16x2xf32>) -> tensor<4x16x4xf32>
    %4 = tenon.conv %x, %3 {channels_last, strides = array<i64: 2>, ...} : (tensor<1x34x16xf32>, tensor<4x16x4xf32>) -> tensor<1x16x4xf32>
    %5 = tenon.reshape %4 : tensor<1x16x4xf32> -> tensor<1x32x2xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numWidened", "num-widened", "convolutions that compute several results of a row at once">];
}

def SelectWinogradPass : TargetPass<"tenon-select-winograd", "::mlir::func::FuncOp"> {
  let summary = "compute 3x3 convolutions with a quarter of the products where that pays";
  let description = [{
    Constant weights of a 3x3 convolution of stride 1 are transformed for Winograd's algorithm F(4x4, 3x3) (Winograd.h),
    where the products that are saved take longer than the transforms and four times the weights. `evaluate-constants`
    transforms them; the op that restores them stays with the convolution, as `unpack_panels` does.

    ```mlir
    %0 = tenon.contract %g, %w ...
    %1 = tenon.contract %g, %0 ... -> tensor<6x6x64x64xf32>
    %2 = tenon.winograd_restore %1 : tensor<6x6x64x64xf32> -> tensor<3x3x64x64xf32>
    %3 = tenon.conv %x, %2 {channels_last, ...}
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numSelected", "num-selected", "convolutions that use Winograd's algorithm">];
}

def PackWeightsPass : TargetPass<"tenon-pack-weights", "::mlir::func::FuncOp"> {
  let summary = "pack the weights of contractions into panels";
  let description = [{
    Constant right-hand sides of contractions become panels as wide as the micro-kernel's register tile;
    `evaluate-constants` then packs them when the model is compiled.

    ```mlir
    %0 = tenon.pack_panels %w width 16 : tensor<768x3072xf32> -> tensor<192x768x16xf32>
    %1 = tenon.unpack_panels %0 : tensor<192x768x16xf32> -> tensor<768x3072xf32>
    %2 = tenon.contract %x, %1 ...
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
}

def PackRoundWeightsPass : TargetPass<"tenon-pack-round-weights", "::mlir::func::FuncOp"> {
  let summary = "lay out the weights that all rounds of a scan multiply with";
  let description = [{
    A matrix from outside of a scan is read in each of its rounds, from L2 at best. In front of the scan its columns are
    put in panels, one behind the other, whether it is a constant or trained: a round then reads it once from its first
    byte to its last. The panels are a dimension of the product, so that nothing has to be unpacked.

    ```mlir
    %0 = tenon.contract %h, %w {indexing_maps = [(m, n, k) -> (m, k), (m, n, k) -> (n, k), (m, n, k) -> (m, n)]}
      : (tensor<4x16xf32>, tensor<32x16xf32>) -> tensor<4x32xf32>
    // becomes, with %panels : tensor<2x16x16xf32> from in front of the scan
    %1 = tenon.contract %h, %panels {indexing_maps = [(m, n, k, p) -> (m, k), (m, n, k, p) -> (p, k, n), (m, n, k, p) -> (m, p, n)]}
      : (tensor<4x16xf32>, tensor<2x16x16xf32>) -> tensor<4x2x16xf32>
    %0 = tenon.reshape %1 : tensor<4x2x16xf32> -> tensor<4x32xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numPacked", "num-packed", "products whose weights are packed">];
}

def FormGroupsPass : Pass<"tenon-form-groups", "::mlir::func::FuncOp"> {
  let summary = "gather ops into groups that become one kernel each (operator fusion)";
  let description = [{
    A producer joins the group of its consumer when all its uses are there and their roles (FusionRoles.h) fit:
    elementwise ops follow a contraction into its registers, surround a row reduction and come before other ones;
    movements are read through by elementwise ops. Then a value that several groups need and that is cheap arithmetic
    (ScalarCost.h) on one tensor of its size is computed in each of them. A group lies where its last op was, so that
    fusion never needs to reorder anything else. Reshapes and large constants stay outside: they cost nothing.

    ```mlir
    %0 = tenon.group (%a = %x, %b = %bias) : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32> {
      %1 = tenon.add %a, %b : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
      %2 = tenon.exp %1 : tensor<4x8xf32> -> tensor<4x8xf32>
      tenon.yield %2 : tensor<4x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect", "::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
  let statistics = [Statistic<"numGroups", "num-groups", "kernel launches of the graph">];
}

def GuardDimsPass : Pass<"tenon-guard-dims", "::mlir::func::FuncOp"> {
  let summary = "state what the values of the dimension symbols must satisfy";
  let description = [{
    Sizes are formulas, and not every value of their symbols makes sense: a slice can reach behind its operand, the rows
    of two tensors that are added can differ, a window can be larger than its input. What ops need (DimGuardOpInterface)
    and does not follow from the formulas becomes a `tenon.dim_guard`, which a run checks before it begins; what can
    never hold is an error. The branches of an `if` add nothing, for a run that does not take one need not fit it.

    ```mlir
    tenon.dim_guard ge <[s, 5]>
    %0 = tenon.slice %x starts <[0]> : tensor<?xf32, #tenon.dims<[s]>> -> tensor<5xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numGuards", "num-guards", "conditions that a run checks">];
}

def GuardIndicesPass : Pass<"tenon-guard-indices", "::mlir::func::FuncOp"> {
  let summary = "end runs whose data has an index that is out of range";
  let description = [{
    What gathers and scatters look up (IndexingOpInterface), and what is said to be `in_range`, is checked in front of
    them unless it is known to fit: the position of the first index that does not, and a `tenon.index_guard` that ends
    the run there. Equal indices are checked once. Out of branches and loops the first position and its index are handed
    to the guard behind them.

    ```mlir
    %0 = tenon.reshape %ids : tensor<?xi64, #tenon.dims<[s]>> -> tensor<?x1xi64, #tenon.dims<[s]>>
    %1 = tenon.find_outside %0 below <[100]> {from_end} : tensor<?x1xi64, #tenon.dims<[s]>> -> tensor<i64>
    tenon.index_guard %1 of %0 below <[100]> {from_end} : tensor<i64>, tensor<?x1xi64, #tenon.dims<[s]>>
    %2 = tenon.gather %table at %ids {axis = 0 : i64, in_bounds} : (tensor<100x8xf32>, tensor<?xi64, #tenon.dims<[s]>>) -> tensor<?x8xf32, #tenon.dims<[s]>>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numGuards", "num-guards", "tensors of indices that a run checks">];
}

def IsolateResultsPass : Pass<"tenon-isolate-results", "::mlir::func::FuncOp"> {
  let summary = "copy results that would share memory with something else";
  let description = [{
    A function's results are buffers of the caller, a region's are those of its op: what is returned must be computed
    into memory of its own. Where an argument, a constant, a value from outside the region, or one value twice is
    returned, a `tenon.copy` comes between.
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
}

def StartTransfersPass : Pass<"tenon-start-transfers", "::mlir::func::FuncOp"> {
  let summary = "have values go from rank to rank while kernels run";
  let description = [{
    What ranks send, receive and reduce starts as soon as its operands are there, and `tenon.await` stands before what
    first needs the result. Their order stays, since every rank has to come to them in the same one. Results that
    nothing needs before the last start are awaited together: behind that nothing can fail, and states may be changed in
    place.

    ```mlir
    %0 = tenon.group(%x) ...
    %1 = tenon.group(%y) ...
    %2 = tenon.all_reduce sum %0 : tensor<8xf32>
    %3 = tenon.group(%1, %2) ...
    // becomes
    %0 = tenon.group(%x) ...
    %2 = tenon.all_reduce sum %0 : tensor<8xf32>
    %1 = tenon.group(%y) ...
    %4 = tenon.await %2 of %0 : tensor<8xf32>, tensor<8xf32>
    %3 = tenon.group(%1, %4) ...
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numStarted", "num-started", "transfers that are started and awaited">];
}

def StoreStatesPass : Pass<"tenon-store-states", "::mlir::ModuleOp"> {
  let summary = "give states that grow at their end room up to their capacity";
  let description = [{
    A state whose next value is the present one with more behind it, along a dimension that changes (one concatenation,
    or several, with reshapes), is stored as a tensor of its capacity, of which it is the first part: what is appended
    then moves nothing, and `form-views` has it computed where it lies. All functions read and write such a state with
    the strides of its capacity, which become `tenon.strides` of their arguments and results. What needs the elements
    close together (some reshapes, what reads memory without a kernel) gets a copy. The other states lie densely; a
    remark names those that change their size.

    ```mlir
    tenon.state @past kept of tensor<2x?x4xf32, #tenon.dims<[p]>> capacity [16] = dense<> : tensor<2x0x4xf32> {at_capacity}
    func.func @decode(%x: tensor<2x1x4xf32>, %past: tensor<2x?x4xf32, #tenon.dims<[p]>> {tenon.state = "past", tenon.strides = #tenon.dims<[64, 4, 1]>})
        -> (tensor<2x?x4xf32, #tenon.dims<[p + 1]>> {tenon.state = "past", tenon.strides = #tenon.dims<[64, 4, 1]>})
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numRoomy", "num-roomy", "states with room up to their capacity">];
}

def FormViewsPass : Pass<"tenon-form-views", "::mlir::func::FuncOp"> {
  let summary = "compute the operands of concatenations where they will lie, and read slices where they lie";
  let description = [{
    A concatenation or a slice that is a group of its own becomes an op between the kernels, which copies nothing
    (Places.h): the kernels before a concatenation write its pieces, those behind a slice read it, with the strides of
    the whole. A piece that can't be computed there (an argument, a result, what lies in another concatenation) is
    copied to its place, where that costs less than a kernel that copies all. A concatenation that begins with the
    operands of another takes that one's result, so that the features of a dense block are written once. One that
    appends to a state with room (`store-states`) lies in the state's memory: its result gets `tenon.updated`, and what
    is appended alone is written.

    ```mlir
    %2 = tenon.group (%a = %0, %b = %1) : (tensor<8x16xf32>, tensor<8x32xf32>) -> tensor<8x48xf32> {
      %3 = tenon.concat %a, %b {axis = 1 : i64} : (tensor<8x16xf32>, tensor<8x32xf32>) -> tensor<8x48xf32>
      tenon.yield %3 : tensor<8x48xf32>
    }
    // becomes
    %2 = tenon.concat %0, %1 {axis = 1 : i64} : (tensor<8x16xf32>, tensor<8x32xf32>) -> tensor<8x48xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [
    Statistic<"numConcats", "num-concats", "concatenations whose operands are computed in place">,
    Statistic<"numCopies", "num-copies", "operands of those that are copied to their place">,
    Statistic<"numSlices", "num-slices", "slices that are read where they lie">,
    Statistic<"numUpdated", "num-updated", "states that are updated in place">
  ];
}

def OutlineKernelsPass : Pass<"tenon-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "make each group a kernel of its own, equal ones once";
  let description = [{
    Each group becomes a module that holds one function, named by a hash of its content, and a `tenon.launch` of it.
    Dimension symbols are renamed in order of appearance and become index arguments, so that kernels are equal wherever
    they come from.

    Inputs and results that do not lie densely (Places.h) have their strides as `tenon.strides`: constants where all
    groups that are equal otherwise have the same, else index arguments. `tenon.alignment` is the number of bytes to
    which a buffer is aligned that the start of its memory is not.
  }];
  let dependentDialects = ["::tenon::TenonDialect", "::mlir::func::FuncDialect"];
  let options = [Option<"prefix", "prefix", "std::string", "\"\"", "with which kernels' names begin">];
  let statistics = [Statistic<"numKernels", "num-kernels", "different kernels">];
}

def PlanMemoryPass : Pass<"tenon-plan-memory", "::mlir::func::FuncOp"> {
  let summary = "give every intermediate result its place in the arena";
  let description = [{
    Values whose lifetimes do not meet share memory, and a result takes the place of an operand that dies with the
    launch and is read element by element. Static sizes are packed in several orders at the lowest free offset, and the
    best is taken; where sizes are symbolic, a value reuses memory that is provably large enough for all values of the
    symbols. Each op that produces values gets the attribute `placement`, a region for each, and the function
    `tenon.arena_bytes`, an expression over its symbols. `tenon.live_bytes`, where all sizes are constant, is what the
    values that are alive at once take at most: no plan needs less.
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [
    Statistic<"numInPlace", "num-in-place", "results in the place of an operand">,
    Statistic<"numArenaBytes", "num-arena-bytes", "bytes of the arena, where constant">,
    Statistic<"numLiveBytes", "num-live-bytes", "bytes alive at once at most, where constant">
  ];
}

def PlaceWeightsPass : Pass<"tenon-place-weights", "::mlir::ModuleOp"> {
  let summary = "give every constant and every state's first value its place among the weights";
  let description = [{
    All functions share one image: constants in the order of the program, then the states' first values, equal ones
    once. Each of them gets the attribute `weight_offset`.

    ```mlir
    %0 = tenon.constant {weight_offset = 64 : i64} dense<[3.0, 2.0]> : tensor<2xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
}

#endif // TENON_KERNELS_PASSES_TD
