#pragma once

#include <pthread.h>

#include <array>
#include <string>

namespace threadecho::test {

/// The name of this thread, of at most 15 characters.
inline std::string thread_name() {
  std::array<char, 16> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return name.data();
}

}  // namespace threadecho::test
