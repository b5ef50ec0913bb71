#include "daemon/card/tlv.h"

namespace jpkid::card {
namespace {

// Tag and length at the beginning of `data`.
struct Header {
  std::uint32_t tag = 0;
  std::size_t size = 0;    // Of the header.
  std::size_t length = 0;  // Of the value.
};

std::optional<Header> ReadHeader(ByteView data) {
  if (data.empty()) return std::nullopt;
  Header header = {.tag = data[0], .size = 1, .length = 0};
  if ((data[0] & 0x1F) == 0x1F) {
    if (data.size() < 2 || (data[1] & 0x80) != 0) return std::nullopt;
    header.tag = header.tag << 8 | data[1];
    header.size = 2;
  }
  if (data.size() <= header.size) return std::nullopt;
  const std::uint8_t first = data[header.size++];
  if (first < 0x80) {
    header.length = first;
    return header;
  }
  const std::size_t octets = first & 0x7F;
  if (octets == 0 || octets > 2 || data.size() < header.size + octets) return std::nullopt;
  for (std::size_t i = 0; i < octets; ++i) {
    header.length = header.length << 8 | data[header.size++];
  }
  return header;
}

}  // namespace

std::optional<std::vector<DataObject>> ReadDataObjects(ByteView data) {
  std::vector<DataObject> objects;
  while (!data.empty()) {
    const std::optional<Header> header = ReadHeader(data);
    if (!header.has_value() || data.size() - header->size < header->length) return std::nullopt;
    objects.push_back({.tag = header->tag, .value = data.subspan(header->size, header->length)});
    data = data.subspan(header->size + header->length);
  }
  return objects;
}

std::optional<ByteView> Find(const std::vector<DataObject>& objects, std::uint32_t tag) {
  for (const DataObject& object : objects) {
    if (object.tag == tag) return object.value;
  }
  return std::nullopt;
}

std::optional<ByteView> Unwrap(ByteView data, std::uint32_t tag) {
  const std::optional<std::vector<DataObject>> objects = ReadDataObjects(data);
  if (!objects.has_value() || objects->size() != 1 || objects->front().tag != tag) {
    return std::nullopt;
  }
  return objects->front().value;
}

std::optional<std::size_t> SizeOfSequence(ByteView head) {
  constexpr std::uint32_t kSequence = 0x30;
  const std::optional<Header> header = ReadHeader(head);
  if (!header.has_value() || header->tag != kSequence) return std::nullopt;
  return header->size + header->length;
}

}  // namespace jpkid::card
