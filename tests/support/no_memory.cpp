#include "support/no_memory.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local bool none_left = false;

void* take(std::size_t size) noexcept { return none_left ? nullptr : std::malloc(size > 0 ? size : 1); }

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

}  // namespace threadecho::test
