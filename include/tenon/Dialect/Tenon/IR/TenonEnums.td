//===- TenonEnums.td - enumerations that attributes take ------------------===//
#ifndef TENON_ENUMS_TD
#define TENON_ENUMS_TD

include "mlir/IR/EnumAttr.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"

class Tenon_Enum<string name, string text, list<string> words>
    : I32EnumAttr<name, text, !foreach(i, !range(words), I32EnumAttrCase<words[i], i>)> {
  let cppNamespace = "::tenon";
  let genSpecializedAttr = 0;
}

class Tenon_EnumAttr<EnumAttrInfo info, string name> : EnumAttr<Tenon_Dialect, info, name> {
  let assemblyFormat = "`<` $value `>`";
}

/// Printed without `<>`, as an op's first word.
class Tenon_WordAttr<EnumAttrInfo info, string name> : EnumAttr<Tenon_Dialect, info, name>;

def Tenon_ComparisonPredicate : Tenon_Enum<"ComparisonPredicate", "comparison", ["eq", "ne", "lt", "le", "gt", "ge"]>;
def Tenon_ComparisonPredicateAttr : Tenon_WordAttr<Tenon_ComparisonPredicate, "comparison">;

def Tenon_ReduceKind : Tenon_Enum<"ReduceKind", "how elements become one", ["sum", "product", "maximum", "minimum", "mean"]>;
def Tenon_ReduceKindAttr : Tenon_WordAttr<Tenon_ReduceKind, "reduce_kind">;

def Tenon_Interpolation : Tenon_Enum<"Interpolation", "how elements between others are made", ["nearest", "linear", "cubic"]>;
def Tenon_InterpolationAttr : Tenon_WordAttr<Tenon_Interpolation, "interpolation">;

def Tenon_Coordinates : Tenon_Enum<"Coordinates", "where a resized tensor's elements lie in the original", [
    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize",
    "tf_half_pixel_for_nn"]>;
def Tenon_CoordinatesAttr : Tenon_WordAttr<Tenon_Coordinates, "coordinates">;

def Tenon_NearestRounding : Tenon_Enum<"NearestRounding", "which neighbour is the nearest", [
    "round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]>;
def Tenon_NearestRoundingAttr : Tenon_EnumAttr<Tenon_NearestRounding, "nearest_rounding">;

def Tenon_PadMode : Tenon_Enum<"PadMode", "what padding holds", ["constant", "reflect", "edge", "wrap"]>;
def Tenon_PadModeAttr : Tenon_EnumAttr<Tenon_PadMode, "pad_mode">;

def Tenon_Combiner : Tenon_Enum<"Combiner", "how an update meets the element it falls on", ["replace", "add", "mul", "max", "min"]>;
def Tenon_CombinerAttr : Tenon_EnumAttr<Tenon_Combiner, "combiner">;

def Tenon_Direction : Tenon_Enum<"Direction", "in which order steps are run", ["forward", "reverse", "bidirectional"]>;
def Tenon_DirectionAttr : Tenon_EnumAttr<Tenon_Direction, "direction">;

def Tenon_StateKind : Tenon_Enum<"StateKind", "what a state is for", ["trained", "kept", "scratch"]>;
def Tenon_StateKindAttr : Tenon_WordAttr<Tenon_StateKind, "state_kind">;

def Tenon_RegionRoot : Tenon_Enum<"RegionRoot", "whose memory a region is part of", ["arena", "weights", "input", "output", "state", "late"]>;

#endif // TENON_ENUMS_TD
