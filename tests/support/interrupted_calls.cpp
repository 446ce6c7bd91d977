#include "support/interrupted_calls.h"

#include <dlfcn.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "support/thread_name.h"

namespace {

std::atomic<bool> interrupting{false};
std::atomic<int> calls{0};

/// Only the server's threads: a test's own calls are not meant.
bool is_echo_thread() {
  const std::string name = threadecho::test::thread_name();
  return name.starts_with("echo-") || name.starts_with("pool-");
}

bool is_interrupted() {
  if (!interrupting || !is_echo_thread() || calls++ % 2 != 0) {
    return false;
  }
  errno = EINTR;
  return true;
}

std::atomic<int> sends_until_held_up{0};
std::atomic<std::chrono::milliseconds> hold_up{};

void hold_up_a_send_of_load() {
  if (sends_until_held_up > 0 && threadecho::test::thread_name().starts_with("load-") && --sends_until_held_up == 0) {
    std::this_thread::sleep_for(hold_up.load());
  }
}

/// The C library's, or a sanitizer's before it.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" ssize_t recv(int fd, void* buffer, size_t size, int flags) {
  static auto* const received = next<decltype(recv)>("recv");
  return is_interrupted() ? -1 : received(fd, buffer, size, flags);
}

extern "C" ssize_t send(int fd, const void* buffer, size_t size, int flags) {
  static auto* const sent = next<decltype(send)>("send");
  hold_up_a_send_of_load();
  return is_interrupted() ? -1 : sent(fd, buffer, size, flags);
}

namespace threadecho::test {

InterruptedCalls::InterruptedCalls() {
  calls = 0;
  interrupting = true;
}
InterruptedCalls::~InterruptedCalls() { interrupting = false; }

int InterruptedCalls::count() { return calls / 2; }

HeldUpSend::HeldUpSend(int number, std::chrono::milliseconds time) {
  hold_up = time;
  sends_until_held_up = number;
}
HeldUpSend::~HeldUpSend() { sends_until_held_up = 0; }

bool HeldUpSend::has_happened() { return sends_until_held_up == 0; }

}  // namespace threadecho::test
