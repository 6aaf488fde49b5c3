#pragma once

#include <algorithm>
#include <functional>
#include <span>

#include "densenf/data/images.hpp"

namespace densenf {

/// Images that training takes one by one, wherever they are: in memory (ImagesInMemory) or in files that do
/// not fit there. Several threads may read at once, also from a source of your own.
class ImageSource {
public:
  virtual ~ImageSource() = default;

  virtual Index count() const = 0;
  virtual Shape shape() const = 0;                    ///< of one image
  virtual int levels() const = 0;                     ///< every value is in [0, levels())
  virtual std::span<const Label> labels() const = 0;  ///< the class of each image; empty where none is known

  /// Whether reading takes no time, so that reading ahead gains none.
  virtual bool in_memory() const { return false; }

  /// Takes bytes that tell the set from others, in pieces.
  using TakeBytes = std::function<void(std::span<const std::byte>)>;
  /// Gives what a checkpoint knows the set by: the images themselves, or the names and sizes of their files.
  virtual void identify(const TakeBytes& take) const = 0;

  /// Writes image i, C x H x W. Throws ArgumentError unless 0 <= i < count(), ShapeError unless `out` has
  /// shape().size() bytes, and what a file throws that cannot be read; then `out` may be half written.
  void read(Index i, std::span<std::uint8_t> out) const {
    require_images(i, 1, count());
    if (std::ssize(out) != shape().size()) {
      throw ShapeError("An image of {} has {} values, but memory for {} was given.", to_string(shape()),
                       shape().size(), out.size());
    }
    read_image(i, out);
  }

private:
  /// Writes an image that is there to memory of its size.
  virtual void read_image(Index i, std::span<std::uint8_t> out) const = 0;
};

/// Images in memory as a source. Keeps a reference to them; what it gives throws ShapeError when they do not
/// have as many values and labels as their count says.
class ImagesInMemory : public ImageSource {
public:
  explicit ImagesInMemory(const Images& images) : images_(images) {}
  explicit ImagesInMemory(const Images&&) = delete;

  Index count() const override { return images_.count; }
  Shape shape() const override { return images_.shape; }
  bool in_memory() const override { return true; }

  /// One more than the largest value.
  int levels() const override {
    const auto values = images_.images(0, images_.count);
    return values.empty() ? 1 : 1 + *std::max_element(values.begin(), values.end());
  }

  std::span<const Label> labels() const override {
    require_values("A set", images_.count, images_.shape, images_.values.size());
    require_labels(images_);
    return images_.labels;
  }

  void identify(const TakeBytes& take) const override { take(std::as_bytes(std::span(images_.values))); }

private:
  void read_image(Index i, std::span<std::uint8_t> out) const override {
    const auto image = images_.image(i);
    std::copy(image.begin(), image.end(), out.begin());
  }

  const Images& images_;
};

/// Images [first, first + how_many) of a source, with their labels, in memory: of a held-out set, for
/// instance. Throws ArgumentError unless all of them exist, and as ImageSource::read does.
inline Images load_images(const ImageSource& source, Index first, Index how_many) {
  require_images(first, how_many, source.count());
  const auto values = static_cast<std::size_t>(value_count("A set", how_many, source.shape()));
  Images images{source.shape(), how_many, source.levels(), std::vector<std::uint8_t>(values)};
  const auto size = static_cast<std::size_t>(source.shape().size());
  for (Index i = 0; i < how_many; ++i)
    source.read(first + i, std::span(images.values).subspan(static_cast<std::size_t>(i) * size, size));
  const auto labels = source.labels();
  if (!labels.empty()) images.labels.assign(labels.begin() + first, labels.begin() + first + how_many);
  return images;
}
inline Images load_images(const ImageSource& source) { return load_images(source, 0, source.count()); }

}  // namespace densenf
