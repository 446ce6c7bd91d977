#pragma once

#include <pthread.h>

#include <cstddef>
#include <string>

#include "config/settings.h"

namespace threadecho::echo {

/// What echo threads of any model are started with: an explicit stack of `stack_size` bytes, with a guard page below
/// it. Throws std::system_error when that is no size for a stack.
class EchoThreadAttributes {
 public:
  explicit EchoThreadAttributes(std::size_t stack_size);
  ~EchoThreadAttributes();
  EchoThreadAttributes(const EchoThreadAttributes&) = delete;
  EchoThreadAttributes& operator=(const EchoThreadAttributes&) = delete;

  [[nodiscard]] const pthread_attr_t* get() const noexcept { return &attributes_; }

 private:
  pthread_attr_t attributes_{};
};

/// The first thing an echo thread does: takes a name, of 15 characters at most, and the scheduling policy.
void enter_echo_thread(const std::string& name, config::SchedPolicy policy) noexcept;

}  // namespace threadecho::echo
