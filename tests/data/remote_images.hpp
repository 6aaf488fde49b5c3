#pragma once

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "densenf/data/image_source.hpp"

namespace densenf_test {

/// Images that count as not being in memory, take a while to be read, and of which some cannot be.
class Remote : public densenf::ImageSource {
public:
  explicit Remote(const densenf::Images& images)
      : images_(images), damaged_(static_cast<std::size_t>(images.count)) {}

  densenf::Index count() const override { return images_.count(); }
  densenf::Shape shape() const override { return images_.shape(); }
  int levels() const override { return images_.levels(); }
  std::span<const densenf::Label> labels() const override { return images_.labels(); }
  void identify(const TakeBytes& take) const override { images_.identify(take); }

  std::atomic<bool>& damaged(densenf::Index i) { return damaged_[static_cast<std::size_t>(i)]; }
  densenf::Index reads() const { return reads_; }

private:
  void read_image(densenf::Index i, std::span<std::uint8_t> out) const override {
    ++reads_;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    if (damaged_[static_cast<std::size_t>(i)]) throw densenf::FileError("Image {} is damaged.", i);
    images_.read(i, out);
  }

  densenf::ImagesInMemory images_;
  std::vector<std::atomic<bool>> damaged_;
  mutable std::atomic<densenf::Index> reads_ = 0;
};

}  // namespace densenf_test
