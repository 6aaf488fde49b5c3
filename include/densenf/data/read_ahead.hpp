#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "densenf/core/shape.hpp"

namespace densenf::detail {

/// Reads the images of batches in threads of its own before the batches are asked for. What a batch holds
/// does not depend on the threads: each place of it is written by one reading alone.
class ReadAhead {
public:
  /// The images of the batch at a step.
  using Choose = std::function<std::vector<Index>(Index step)>;
  /// Writes `image`, which stands in place `slot` of the batch at `step`, as training sees it. Called by
  /// several threads at once.
  using Read = std::function<void(Index step, Index slot, Index image, std::span<std::uint8_t> out)>;

  /// `image_values` are those of one image. Where the system gives fewer threads, there are fewer.
  ReadAhead(Choose choose, Read read, std::size_t image_values, int threads)
      : choose_(std::move(choose)), read_(std::move(read)), image_values_(image_values) {
    threads_.reserve(static_cast<std::size_t>(threads));
    try {
      for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {  // who asks for a batch reads it, too
    }
  }
  ~ReadAhead() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// The values of the batch at `step`, once it is read; those at steps up to `last` are begun. They lie
  /// there until another step is asked for. Throws what reading one of its images has thrown, the first by
  /// its place; then asking again reads the batch again. For one thread at a time.
  std::span<const std::uint8_t> batch(Index step, Index last) {
    keep(step, last);
    work_.notify_all();
    std::unique_lock lock(mutex_);
    const std::shared_ptr<Reading> wanted = window_.front();
    while (wanted->begun < std::ssize(wanted->images)) read_next(wanted, lock);
    done_.wait(lock, [&] { return wanted->finished == std::ssize(wanted->images); });
    if (wanted->error) {
      window_.pop_front();
      std::rethrow_exception(wanted->error);
    }
    return wanted->values;
  }

private:
  /// A batch, of which images [0, begun) are being read or have been.
  struct Reading {
    Index step;
    std::vector<Index> images;
    std::vector<std::uint8_t> values;
    Index begun = 0;
    Index finished = 0;
    std::exception_ptr error = nullptr;
    Index error_slot = std::numeric_limits<Index>::max();
  };

  /// Makes the window the batches at steps [step, last]. A thread that still reads an image of another batch
  /// keeps that one until it is done.
  void keep(Index step, Index last) {
    std::deque<std::shared_ptr<Reading>> next;
    for (Index s = step; s <= last; ++s) {
      const auto there =
          std::find_if(window_.begin(), window_.end(), [&](const auto& r) { return r->step == s; });
      next.push_back(there != window_.end() ? *there : begin(s));
    }
    const std::lock_guard lock(mutex_);
    window_.swap(next);
  }

  std::shared_ptr<Reading> begin(Index step) const {
    auto reading = std::make_shared<Reading>(Reading{step, choose_(step), {}});
    reading->values.resize(reading->images.size() * image_values_);
    return reading;
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      std::shared_ptr<Reading> next;
      work_.wait(lock, [&] {
        const auto found = std::find_if(window_.begin(), window_.end(),
                                        [](const auto& r) { return r->begun < std::ssize(r->images); });
        next = found != window_.end() ? *found : nullptr;
        return stop_ || next != nullptr;
      });
      if (stop_) return;
      read_next(next, lock);
    }
  }

  /// Reads the next image of a batch, without the lock meanwhile.
  void read_next(const std::shared_ptr<Reading>& reading, std::unique_lock<std::mutex>& lock) {
    const Index slot = reading->begun++;
    lock.unlock();
    const auto place = static_cast<std::size_t>(slot);
    std::exception_ptr error;
    try {
      read_(reading->step, slot, reading->images[place],
            std::span(reading->values).subspan(place * image_values_, image_values_));
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error && slot < reading->error_slot) {
      reading->error = error;
      reading->error_slot = slot;
    }
    if (++reading->finished == std::ssize(reading->images)) done_.notify_all();
  }

  Choose choose_;
  Read read_;
  std::size_t image_values_;
  /// Guards the window, and what is counted and noted in its batches. Only the thread that asks for batches
  /// changes the window, so it looks into it without.
  std::mutex mutex_;
  std::condition_variable work_, done_;
  std::deque<std::shared_ptr<Reading>> window_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace densenf::detail
