#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace threadecho::test {

// For servers that tests write themselves, over blocking sockets.

/// What has arrived, at most `most` bytes; empty at the end or when the connection broke.
std::string read_some(int fd, std::size_t most = 65536);
/// Exactly `size` bytes; fewer only at the end.
std::string read_exactly(int fd, std::size_t size);
/// Reads and discards until the client closes.
void read_to_end(int fd);
/// All of it; false when the connection broke.
bool write_all(int fd, std::string_view bytes);
/// Echoes until the client closes.
void echo_until_closed(int fd);

}  // namespace threadecho::test
