//===- OnnxTable.td - the language of the table of ONNX operators ---------===//
//
// One record maps versions of one ONNX operator onto the tenon dialect:
//
//   def : Onnx<"LeakyRelu", [1, 6, 16], Op<"leaky_relu", [Float<"alpha", "0.01">]>>;
//
// tenon-tblgen makes the importer's and exporter's dispatch, the tools'
// "supported" answers and docs/SupportedOps.md from it
// (docs/Rationale/OnnxTable.md).
//
//===----------------------------------------------------------------------===//
#ifndef TENON_ONNX_TABLE_TD
#define TENON_ONNX_TABLE_TD

/// How an ONNX attribute becomes an attribute of the tenon op.
class Attribute<string kindName, string onnx, string tenon, string text> {
  string kind = kindName;
  string onnxName = onnx;
  string tenonName = tenon;
  string defaultText = text;  // empty: the attribute is required
}

/// ONNX's INT to `I64Attr`.
class Int<string onnx, int value, string tenon = onnx> : Attribute<"Int", onnx, tenon, !cast<string>(value)>;

/// An INT that names a dimension of operand 0: negative ones count from the end.
class Axis<string onnx, int value, string tenon = onnx> : Attribute<"Axis", onnx, tenon, !cast<string>(value)>;

/// An INT that is 0 or 1 to `BoolAttr`.
class Flag<string onnx, int value, string tenon = onnx> : Attribute<"Flag", onnx, tenon, !cast<string>(value)>;

/// FLOAT to `F32Attr`.
class Float<string onnx, string value, string tenon = onnx> : Attribute<"Float", onnx, tenon, value>;

/// INTS to `DenseI64ArrayAttr`.
class Ints<string onnx, string tenon = onnx> : Attribute<"Ints", onnx, tenon, "">;

/// STRING to `StrAttr`.
class Text<string onnx, string value, string tenon = onnx> : Attribute<"Text", onnx, tenon, value>;

/// An attribute of the tenon op alone, in MLIR's syntax.
class Fixed<string tenon, string text> : Attribute<"Fixed", "", tenon, text>;

class Rule;

/// The tenon op of the same meaning: operands and results correspond by position.
class Op<string op, list<Attribute> opAttributes = []> : Rule {
  string mnemonic = op;
  list<Attribute> attributes = opAttributes;
}

/// A left fold of a binary op over one or more operands.
class Fold<string op> : Rule {
  string mnemonic = op;
}

/// A C++ function `LogicalResult NAME(OnnxNode &)` of lib/ONNX/Import.
class Import<string cppFunction> : Rule {
  string function = cppFunction;
}

/// A function in ONNX's textual syntax over other ONNX operators (of the default domain, at the newest version):
/// `(x) => (y) { y = ... }`, where `@name` refers to the node's attribute.
class Sugar<string body> : Rule {
  string text = body;
}

/// `versions` are those at which ONNX changed the operator (its schema's "since version").
class Onnx<string op, list<int> since, Rule how, string opDomain = ""> {
  string opType = op;
  list<int> versions = since;
  Rule rule = how;
  string domain = opDomain;
}

/// How a tenon op that no `Op` rule covers is written: `LogicalResult NAME(ExportContext &, Operation *)` of lib/ONNX/Export. Ops with neither go
/// through their decomposition.
class Export<string op, string cppFunction> {
  string mnemonic = op;
  string function = cppFunction;
}

#endif // TENON_ONNX_TABLE_TD
