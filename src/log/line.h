#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

#include "log/logger.h"

namespace threadecho::log {

/// Most bytes of one line, its newline included: what a pipe takes whole or not at all (PIPE_BUF, pipe(7)).
inline constexpr std::size_t kMaxLineBytes = 4096;
/// Most bytes of a body: what time and level leave of the line.
inline constexpr std::size_t kMaxBodyBytes = kMaxLineBytes - 96;
/// Most bytes of a payload that a line shows.
inline constexpr std::size_t kMaxPreviewBytes = 64;

/// `event key=value ...` in printable ASCII. A value with spaces, quotes, '=' or anything not printable is quoted, with
/// the escapes of payload_preview(). At most kMaxBodyBytes: long values are cut and end in "...".
/// Allocates from `memory` alone, so that a thread that has never used the heap need not do so for a log line.
std::pmr::string text_body(std::string_view event, std::initializer_list<Field> fields,
                           std::pmr::memory_resource* memory = std::pmr::get_default_resource());

/// The members of a JSON object, without its braces: "message", then the fields. Invalid UTF-8 becomes U+FFFD.
/// Bounded as text_body is, and always valid.
std::string json_body(std::string_view event, std::initializer_list<Field> fields);

/// The first 64 bytes, with \n \r \t \\ \" and \xNN for all else that is not printable ASCII, and how many there are in
/// all: `hello\n (6 bytes)`, or `aaaa...aaaa... (1000 bytes)` when some are left out.
std::string payload_preview(std::span<const std::byte> payload);

}  // namespace threadecho::log
