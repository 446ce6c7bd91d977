#include "load/sample_file.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace threadecho::load {
namespace {

std::string lines_of(const SampleFile::Chunk& samples) {
  std::string text;
  std::array<char, 24> line{};
  for (const std::int64_t sample : samples) {
    char* const end = std::to_chars(line.data(), line.data() + line.size() - 1, sample).ptr;
    *end = '\n';
    text.append(line.data(), end + 1);
  }
  return text;
}

/// 0 or an errno value.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  return 0;
}

}  // namespace

SampleFile::SampleFile(net::Fd file) : file_(std::move(file)), thread_([this] { write_all_chunks(); }) {}

SampleFile::~SampleFile() { end_thread(); }

void SampleFile::add(Chunk chunk) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return chunks_.size() < kMostWaiting || error_ != 0; });
  if (error_ == 0) {
    chunks_.push_back(std::move(chunk));
    changed_.notify_all();
  }
}

void SampleFile::finish() {
  end_thread();
  if (error_ != 0) {
    throw std::system_error(error_, std::generic_category());
  }
}

std::size_t SampleFile::waiting() const {
  const std::lock_guard lock(mutex_);
  return chunks_.size();
}

void SampleFile::end_thread() {
  {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

void SampleFile::write_all_chunks() {
  ::pthread_setname_np(::pthread_self(), "samples");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !chunks_.empty() || has_ended_; });
    if (chunks_.empty()) {
      return;
    }
    const Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    changed_.notify_all();
    lock.unlock();
    const int error = write_all(file_.get(), lines_of(chunk));
    lock.lock();
    if (error != 0) {
      error_ = error;
      chunks_.clear();
      changed_.notify_all();
    }
  }
}

}  // namespace threadecho::load
