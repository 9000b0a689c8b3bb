//===- WireFormat.cpp - tensor bytes stay out of protobuf -----------------===//
//
// protobuf.dev/programming-guides/encoding: a message is a list of fields, each
// a varint (number << 3 | wire type) and a payload.
//
//===----------------------------------------------------------------------===//

#include "WireFormat.h"
#include <optional>

using namespace llvm;

/// Shorter payloads cost less than their replacement.
static constexpr size_t minStrippedBytes = 512;

namespace {
enum WireType { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

/// The messages on the way from a model to its tensors.
enum class Message { Model, Graph, Node, Attribute, Function, Tensor };

struct Field {
  unsigned number;
  WireType type;
  StringRef whole;   // with its tag
  StringRef payload; // of Bytes
};

/// Splits a message into fields.
class Reader {
public:
  Reader(StringRef message, const char *model) : rest(message), model(model) {}

  bool isAtEnd() const { return rest.empty(); }

  Expected<Field> next() {
    StringRef start = rest;
    std::optional<uint64_t> tag = readVarint();
    if (!tag)
      return truncated(start);
    Field field{unsigned(*tag >> 3), WireType(*tag & 7), {}, {}};
    std::optional<uint64_t> length = readLength(field.type);
    if (!length || *length > rest.size())
      return truncated(start);
    field.payload = rest.take_front(*length);
    rest = rest.drop_front(*length);
    field.whole = start.drop_back(rest.size());
    return field;
  }

private:
  /// How many bytes follow; for a varint it is read already.
  std::optional<uint64_t> readLength(WireType type) {
    switch (type) {
    case Varint:
      return readVarint() ? std::optional<uint64_t>(0) : std::nullopt;
    case Fixed64:
      return 8;
    case Fixed32:
      return 4;
    case Bytes:
      return readVarint();
    }
    return std::nullopt;
  }

  std::optional<uint64_t> readVarint() {
    uint64_t value = 0;
    for (unsigned i = 0; i < 10 && i < rest.size(); ++i) {
      value |= uint64_t(rest[i] & 0x7f) << (7 * i);
      if (!(rest[i] & 0x80)) {
        rest = rest.drop_front(i + 1);
        return value;
      }
    }
    return std::nullopt;
  }

  Error truncated(StringRef at) const {
    return createStringError(
        "expected a whole ONNX model, got a damaged or truncated field at "
        "byte " +
        Twine(at.data() - model));
  }

  StringRef rest;
  const char *model;
};
} // namespace

/// The kind of message in field `number` of `parent`, if tensors lie in it
/// (numbers from onnx.proto).
static std::optional<Message> getChild(Message parent, unsigned number) {
  switch (parent) {
  case Message::Model:
    if (number == 7)
      return Message::Graph;
    return number == 25 ? std::optional(Message::Function) : std::nullopt;
  case Message::Graph:
    if (number == 1)
      return Message::Node;
    return number == 5 ? std::optional(Message::Tensor) : std::nullopt;
  case Message::Function:
    return number == 7 ? std::optional(Message::Node) : std::nullopt;
  case Message::Node:
    return number == 5 ? std::optional(Message::Attribute) : std::nullopt;
  case Message::Attribute:
    if (number == 5 || number == 10)
      return Message::Tensor;
    return number == 6 || number == 11 ? std::optional(Message::Graph)
                                       : std::nullopt;
  case Message::Tensor:
    return std::nullopt;
  }
  return std::nullopt;
}

static void writeVarint(std::string &out, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(char(value | 0x80));
  out.push_back(char(value));
}

static void writeBytes(std::string &out, unsigned number, StringRef payload) {
  writeVarint(out, number << 3 | Bytes);
  writeVarint(out, payload.size());
  out.append(payload.data(), payload.size());
}

/// Fields `external_data` (13) and `data_location` (14) of a TensorProto.
static void writeReference(std::string &out, uint64_t offset, uint64_t length) {
  auto writeEntry = [&](StringRef key, StringRef value) {
    std::string entry;
    writeBytes(entry, 1, key);
    writeBytes(entry, 2, value);
    writeBytes(out, 13, entry);
  };
  writeEntry("location", "");
  writeEntry("offset", std::to_string(offset));
  writeEntry("length", std::to_string(length));
  writeVarint(out, 14 << 3 | Varint);
  writeVarint(out, 1); // EXTERNAL
}

static Error rewrite(StringRef message, Message kind, const char *model,
                     std::string &out) {
  constexpr unsigned rawData = 9;
  Reader reader(message, model);
  while (!reader.isAtEnd()) {
    Expected<Field> field = reader.next();
    if (!field)
      return field.takeError();
    std::optional<Message> child = getChild(kind, field->number);
    if (child && field->type == Bytes) {
      std::string rewritten;
      if (Error error = rewrite(field->payload, *child, model, rewritten))
        return error;
      writeBytes(out, field->number, rewritten);
    } else if (kind == Message::Tensor && field->number == rawData &&
               field->payload.size() >= minStrippedBytes) {
      writeReference(out, field->payload.data() - model, field->payload.size());
    } else {
      out.append(field->whole.data(), field->whole.size());
    }
  }
  return Error::success();
}

Expected<std::string> tenon::referToOwnBytes(StringRef model) {
  std::string out;
  if (Error error = rewrite(model, Message::Model, model.data(), out))
    return std::move(error);
  return out;
}
