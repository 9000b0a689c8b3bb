//===- ContractionText.cpp - contraction kernels as text ------------------===//

#include "ContractionText.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <vector>

using namespace tenon::test;
using llvm::formatv;
using llvm::join;

namespace {

using Strings = std::vector<std::string>;

/// Sizes of which the first may be the symbol.
struct Shape {
  std::vector<int64_t> sizes;
  bool isDynamic = false;

  std::string getType() const {
    Strings dims;
    for (int64_t size : sizes)
      dims.push_back(std::to_string(size));
    if (isDynamic)
      dims[0] = "?";
    return "tensor<" + join(dims, "x") + "xf32>";
  }
  std::string getAttribute() const {
    if (!isDynamic)
      return "";
    Strings dims;
    for (int64_t size : sizes)
      dims.push_back(std::to_string(size));
    dims[0] = "s";
    return formatv(" {{tenon.dims = affine_map<()[s] -> ({0})>}",
                   join(dims, ", "));
  }
  std::string getEmpty() const {
    return formatv("tensor.empty({0}) : {1}", isDynamic ? "%s" : "", getType());
  }
};

constexpr const char *kMultiplyAdd = R"(
    ^bb0(%a: f32, %b: f32, %c: f32):
      %p = arith.mulf %a, %b : f32
      %s1 = arith.addf %c, %p : f32
      linalg.yield %s1 : f32)";

/// The function around a contraction from %x and %w to %f (of `result`): its
/// text `body` must define %g.
std::string wrap(const Shape &x, const Shape &w, const Shape &result,
                 Epilogue epilogue, const std::string &body) {
  size_t rank = result.sizes.size();
  std::string type = result.getType();
  Strings dims, parallel(rank, "\"parallel\"");
  for (size_t i = 0; i < rank; ++i)
    dims.push_back("d" + std::to_string(i));
  std::string all = formatv("affine_map<({0}) -> ({0})>", join(dims, ", "));
  std::string last =
      formatv("affine_map<({0}) -> ({1})>", join(dims, ", "), dims.back());
  bool hasBias = epilogue != Epilogue::None;
  bool hasResidual = epilogue == Epilogue::BiasResidualRelu;
  std::string biasType = Shape{{result.sizes.back()}}.getType();

  std::string text =
      formatv("func.func @kernel(%x: {0}{1}, %w: {2}{3}", x.getType(),
              x.getAttribute(), w.getType(), w.getAttribute());
  if (hasBias)
    text += formatv(", %bias: {0}", biasType);
  if (hasResidual)
    text += formatv(", %residual: {0}{1}", type, result.getAttribute());
  if (x.isDynamic)
    text += ", %s: index";
  text += formatv(") -> ({0}{1}) attributes {{tenon.kernel} {{\n"
                  "  %zero = arith.constant 0.0 : f32\n"
                  "  %e = {2}\n"
                  "  %f = linalg.fill ins(%zero : f32) outs(%e : {0}) -> {0}\n",
                  type, result.getAttribute(), result.getEmpty());
  text += body;
  if (!hasBias)
    return text + formatv("  return %g : {0}\n}", type).str();
  text +=
      formatv("  %h = linalg.generic {{indexing_maps = [{0}, {1}, {2}{0}], "
              "iterator_types = [{3}]}\n"
              "    ins(%g, %bias{4} : {5}, {6}{7}) outs(%e : {5}) {{\n"
              "    ^bb0(%a: f32, %b: f32, {8}%o: f32):\n"
              "      %t = arith.addf %a, %b : f32\n",
              all, last, hasResidual ? all + ", " : "", join(parallel, ", "),
              hasResidual ? ", %residual" : "", type, biasType,
              hasResidual ? ", " + type : "", hasResidual ? "%r: f32, " : "");
  if (hasResidual)
    text += "      %u = arith.addf %t, %r : f32\n";
  text += formatv("      %v = arith.maximumf %{0}, %zero : f32\n"
                  "      linalg.yield %v : f32\n  } -> {1}\n"
                  "  return %h : {1}\n}",
                  hasResidual ? "u" : "t", type);
  return text;
}

int64_t getNumPanels(int64_t columns, int64_t width) {
  return (columns + width - 1) / width;
}

} // namespace

std::string Gemm::getText() const {
  bool isBatched = batch > 0;
  Shape x{{m, k}, isDynamic}, result{{m, n}, isDynamic};
  Shape w{{getNumPanels(n, panelWidth), k, panelWidth}}, plain{{k, n}};
  if (isBatched) {
    x = {{batch, m, k}};
    result = {{batch, m, n}};
    plain = isTransposed ? Shape{{batch, n, k}} : Shape{{batch, k, n}};
    w = plain;
  }
  std::string body;
  if (!isBatched)
    body = formatv("  %we = tensor.empty() : {0}\n"
                   "  %wu = linalg.unpack %w outer_dims_perm = [1, 0] "
                   "inner_dims_pos = [1] inner_tiles = [{1}] into %we : {2} -> "
                   "{0}\n",
                   plain.getType(), panelWidth, w.getType());
  std::string b = isBatched ? "b, " : "";
  body += formatv(
      "  %g = linalg.generic {{indexing_maps = ["
      "affine_map<({0}m, n, k) -> ({0}m, k)>, "
      "affine_map<({0}m, n, k) -> ({0}{1})>, "
      "affine_map<({0}m, n, k) -> ({0}m, n)>], iterator_types = [{2}"
      "\"parallel\", \"parallel\", \"reduction\"]} ins(%x, %{3} : {4}, {5}) "
      "outs(%f : {6}) {{{7}\n  } -> {6}\n",
      b, isTransposed ? "n, k" : "k, n", isBatched ? "\"parallel\", " : "",
      isBatched ? "w" : "wu", x.getType(), plain.getType(), result.getType(),
      kMultiplyAdd);
  return wrap(x, w, result, epilogue, body);
}

/// Pads dimensions 1 and 2 of %x.
static std::string getPadText(const Shape &x, int64_t pad, Shape &padded) {
  padded = x;
  if (pad == 0)
    return "";
  padded.sizes[1] += 2 * pad;
  padded.sizes[2] += 2 * pad;
  Strings low(x.sizes.size(), "0"), arguments;
  low[1] = low[2] = std::to_string(pad);
  for (size_t i = 0; i < x.sizes.size(); ++i)
    arguments.push_back("%i" + std::to_string(i) + ": index");
  return formatv("  %xp = tensor.pad %x low[{0}] high[{0}] {{\n  ^bb0({1}):\n"
                 "    tensor.yield %zero : f32\n  } : {2} to {3}\n",
                 join(low, ", "), join(arguments, ", "), x.getType(),
                 padded.getType());
}

std::string Conv::getText() const {
  bool isGrouped = groups > 1, isPacked = panelWidth > 0;
  Shape x{{n, h, w, c}, isDynamic};
  Shape result{{n, getOutputSize(h), getOutputSize(w), oc}, isDynamic};
  Shape plain{{kernel, kernel, c, oc}}, packed = plain;
  if (isPacked)
    packed = {{getNumPanels(oc, panelWidth), kernel, kernel, c, panelWidth}};
  if (isGrouped) {
    x.sizes.insert(x.sizes.begin() + 3, groups);
    result.sizes.insert(result.sizes.begin() + 3, groups);
    plain.sizes.insert(plain.sizes.begin(), groups);
    packed.sizes.insert(packed.sizes.begin(), groups);
  }
  Shape padded;
  std::string body = getPadText(x, pad, padded);
  if (isPacked)
    body += formatv(
        "  %we = tensor.empty() : {0}\n"
        "  %wu = linalg.unpack %w outer_dims_perm = [{1}] inner_dims_pos = "
        "[{2}] inner_tiles = [{3}] into %we : {4} -> {0}\n",
        plain.getType(), isGrouped ? "0, 4, 1, 2, 3" : "3, 0, 1, 2",
        isGrouped ? 4 : 3, panelWidth, packed.getType());
  std::string g = isGrouped ? "g, " : "";
  body +=
      formatv("  %g = linalg.generic {{indexing_maps = ["
              "affine_map<(n, y, x, {0}o, i, j, c) -> (n, y * {1} + i * {2}, "
              "x * {1} + j * {2}, {0}c)>, "
              "affine_map<(n, y, x, {0}o, i, j, c) -> ({0}i, j, c, o)>, "
              "affine_map<(n, y, x, {0}o, i, j, c) -> (n, y, x, {0}o)>], "
              "iterator_types = [\"parallel\", \"parallel\", \"parallel\", {3}"
              "\"parallel\", \"reduction\", \"reduction\", \"reduction\"]} "
              "ins(%{4}, %{5} : {6}, {7}) outs(%f : {8}) {{{9}\n  } -> {8}\n",
              g, stride, dilation, isGrouped ? "\"parallel\", " : "",
              pad ? "xp" : "x", isPacked ? "wu" : "w", padded.getType(),
              plain.getType(), result.getType(), kMultiplyAdd);
  return wrap(x, packed, result, epilogue, body);
}

std::string DepthwiseConv::getText() const {
  Shape x{{n, h, w, c}}, weight{{kernel, kernel, c}}, padded;
  Shape result{{n, getOutputSize(h), getOutputSize(w), c}};
  std::string body = getPadText(x, pad, padded);
  body += formatv(
      "  %g = linalg.generic {{indexing_maps = ["
      "affine_map<(n, y, x, c, i, j) -> (n, y * {0} + i, x * {0} + j, c)>, "
      "affine_map<(n, y, x, c, i, j) -> (i, j, c)>, "
      "affine_map<(n, y, x, c, i, j) -> (n, y, x, c)>], iterator_types = "
      "[\"parallel\", \"parallel\", \"parallel\", \"parallel\", "
      "\"reduction\", \"reduction\"]} ins(%{1}, %w : {2}, {3}) "
      "outs(%f : {4}) {{{5}\n  } -> {4}\n",
      stride, pad ? "xp" : "x", padded.getType(), weight.getType(),
      result.getType(), kMultiplyAdd);
  return wrap(x, weight, result, epilogue, body);
}
