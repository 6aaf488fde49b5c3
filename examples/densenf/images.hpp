#pragma once

#include <array>
#include <memory>
#include <string>

#include "command.hpp"
#include "densenf/data/byte_source.hpp"
#include "densenf/data/idx.hpp"
#include "densenf/data/image_folder.hpp"
#include "densenf/data/npz_images.hpp"
#include "densenf/data/pad.hpp"
#include "densenf/data/records.hpp"

// The images that a command is given, of any of the kinds that trainers read.
namespace example {

/// Images [first, first + count) at the shape of the model, from: a folder of pictures, or one picture,
/// cropped and scaled; idx files, padded; npz files of 2017's ImageNet; records of CIFAR-10 (3x32x32) or of
/// the digits (1x8x8). Labels where the file has them.
class GivenImages {
public:
  void add_to(CLI::App& command) {
    command
        .add_option("images", path_,
                    "Folder of pictures, a picture, or a file of a set: CIFAR-10 .bin, digits, idx, npz")
        ->required();
    add_choice(command);
  }
  void add_choice(CLI::App& command) {
    command.add_option("--first", first_, "Number of the first image to take, from 0")
        ->check(number_from(0))
        ->capture_default_str();
    command.add_option("--count", count_, "Images to take, at most; 0: all")
        ->check(number_from(0))
        ->capture_default_str();
    command.add_option("--class", class_,
                       "Class of all images, where the density is conditional and none is known");
  }
  void set_usual_count(densenf::Index count) { count_ = count; }

  densenf::Index first() const { return first_; }

  /// Throws FileError for files that are none of these or cannot be read, ArgumentError when there are not so
  /// many images.
  densenf::Images load(const densenf::AnyFlow& flow) const {
    densenf::Images images = read(path_, flow.shape());
    if (flow.condition() && class_ >= 0) images.labels.assign(static_cast<std::size_t>(images.count), class_);
    if (flow.condition() && images.labels.empty())
      throw densenf::ArgumentError(
          "The model's density is conditional on a class, and '{}' has none: give it with --class.", path_);
    return images;
  }

private:
  densenf::Index end(densenf::Index available) const {
    if (first_ >= available)
      throw densenf::ArgumentError("There are {} images in '{}', so the first one cannot be number {}.",
                                   available, path_, first_);
    return count_ == 0 ? available : std::min(available, first_ + count_);
  }
  densenf::Images part(const densenf::Images& all) const { return all.part(first_, end(all.count) - first_); }
  densenf::Images part(const densenf::ImageSource& all) const {
    return densenf::load_images(all, first_, end(all.count()) - first_);
  }

  densenf::Images read(const std::filesystem::path& path, const densenf::Shape& shape) const {
    const densenf::FolderOptions pictures{.shape = shape};
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown)) return part(densenf::ImageFolder(path, pictures));
    std::array<std::byte, 4> head{};
    densenf::ByteSource(path).read(head);
    const auto begins = [&](std::initializer_list<int> bytes) {
      return std::equal(bytes.begin(), bytes.end(), head.begin(),
                        [](int b, std::byte h) { return b == std::to_integer<int>(h); });
    };
    if (begins({0, 0, 8, 3})) {
      const densenf::Images images = densenf::load_idx(path);
      return densenf::pad(part(images), shape.h, shape.w);
    }
    if (begins({'P', 'K', 3, 4})) return part(densenf::NpzImages({path}, {}));
    if (densenf::detail::named_as_image(path.filename().string())) {
      const std::filesystem::path folder =
          path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
      return part(densenf::ImageFolder(folder, {path.filename().string()}, pictures));
    }
    if (shape == densenf::cifar10_format.shape)
      return part(densenf::load_records(path, densenf::cifar10_format));
    if (shape == densenf::digits_format.shape)
      return part(densenf::load_records(path, densenf::digits_format));
    throw densenf::FileError(
        "'{}' holds no images that become {}: give a folder of pictures, idx or npz files.", path.string(),
        to_string(shape));
  }

  std::string path_;
  densenf::Index first_ = 0, count_ = 0;
  densenf::Label class_ = -1;
};

/// f(input) with the images, and their labels where the flow's density is conditional.
template <class F>
auto with_input(const densenf::AnyFlow& flow, const densenf::Images& images, const F& f) {
  if (flow.condition()) return f(densenf::AnyInput(images, images.labels));
  return f(densenf::AnyInput(images));
}

}  // namespace example
