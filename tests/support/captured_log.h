#pragma once

#include <spdlog/sinks/base_sink.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "log/logger.h"
#include "support/eventually.h"

namespace threadecho::test {

/// A logger whose lines a test can read and wait for: "level event key=value".
class CapturedLog {
 public:
  CapturedLog() : sink_(std::make_shared<Sink>()), logger_(make()) {}

  log::Logger& logger() { return logger_; }
  [[nodiscard]] std::string text() const { return sink_->text(); }
  /// False when `what` does not come within kPatience.
  [[nodiscard]] bool wait_for(std::string_view what) const { return sink_->wait_for(what); }

 private:
  class Sink final : public spdlog::sinks::base_sink<std::mutex> {
   public:
    std::string text() {
      const std::scoped_lock lock(mutex_);
      return text_;
    }
    bool wait_for(std::string_view what) {
      std::unique_lock lock(mutex_);
      return written_.wait_for(lock, kPatience, [this, what] { return text_.find(what) != std::string::npos; });
    }

   protected:
    void sink_it_(const spdlog::details::log_msg& msg) override {
      spdlog::memory_buf_t line;
      formatter_->format(msg, line);
      text_.append(line.data(), line.size());
      written_.notify_all();
    }
    void flush_() override {}

   private:
    std::string text_;
    std::condition_variable written_;
  };

  log::Logger make() {
    auto target = std::make_shared<spdlog::logger>("test", sink_);
    target->set_pattern("%l %v");
    target->set_level(spdlog::level::trace);
    return {std::move(target), log::LogFormat::kText};
  }

  std::shared_ptr<Sink> sink_;
  log::Logger logger_;
};

}  // namespace threadecho::test
