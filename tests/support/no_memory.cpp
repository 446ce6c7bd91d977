#include "support/no_memory.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local bool none_left = false;
thread_local bool is_exempt = false;  ///< from a FailingAllocation
std::atomic<int> left_until_failure{0};

bool must_fail() noexcept {
  if (none_left) {
    return true;
  }
  // Relaxed: nothing but the number is shared.
  return !is_exempt && left_until_failure.load(std::memory_order_relaxed) > 0 &&
         left_until_failure.fetch_sub(1, std::memory_order_relaxed) == 1;
}

void* take(std::size_t size) noexcept { return must_fail() ? nullptr : std::malloc(size > 0 ? size : 1); }

void* take_or_throw(std::size_t size) {
  void* const memory = take(size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

// All forms that are not aligned, so that a sanitizer sees each pair made of these.
void* operator new(std::size_t size) { return take_or_throw(size); }
void* operator new[](std::size_t size) { return take_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return take(size); }
void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return take(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t& /*tag*/) noexcept { std::free(memory); }

namespace threadecho::test {

NoMemory::NoMemory() { none_left = true; }
NoMemory::~NoMemory() { none_left = false; }

FailingAllocation::FailingAllocation(int number) {
  is_exempt = true;
  left_until_failure = number;
}

FailingAllocation::~FailingAllocation() {
  left_until_failure = 0;
  is_exempt = false;
}

bool FailingAllocation::has_failed() const { return left_until_failure == 0; }

}  // namespace threadecho::test
