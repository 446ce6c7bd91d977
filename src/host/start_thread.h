#pragma once

#include <system_error>
#include <thread>
#include <utility>

namespace threadecho::host {

/// Runs `body` on a thread of its own. Throws std::system_error, with `failure` before the reason, if the thread cannot
/// be created.
template <typename Body>
std::thread start_thread(const char* failure, Body body) {
  try {
    return std::thread(std::move(body));
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), failure);
  }
}

}  // namespace threadecho::host
