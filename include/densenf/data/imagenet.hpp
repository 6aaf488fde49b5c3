#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "densenf/data/image_folder.hpp"
#include "densenf/data/npz_images.hpp"

namespace densenf {

/// Downsampled ImageNet was published twice, scaled down in different ways: bits per dimension on one of the
/// two cannot be compared with those on the other.
enum class ImageNetRelease {
  png_2016,  ///< folders of PNG files, without labels
  npz_2017   ///< NumPy files, those of training in ten parts, with labels
};

/// What to call the set where a figure on it is shown.
inline std::string_view name_of(ImageNetRelease release) {
  return release == ImageNetRelease::png_2016 ? "Downsampled ImageNet of 2016 (PNG files)"
                                              : "Downsampled ImageNet of 2017 (NumPy files)";
}

enum class ImageNetPart { training, validation };

/// A part of Downsampled ImageNet, and of which of the two.
struct DownsampledImageNet {
  ImageNetRelease release;
  std::unique_ptr<const ImageSource> images;
};

namespace detail {

/// The files of a part in the release of 2017.
inline std::vector<std::filesystem::path> imagenet_npz(const std::filesystem::path& folder,
                                                       ImageNetPart part) {
  if (part == ImageNetPart::validation) return {folder / "val_data.npz"};
  std::vector<std::filesystem::path> files;
  constexpr int parts = 10;
  for (int i = 1; i <= parts; ++i) files.push_back(folder / fmt::format("train_data_batch_{}.npz", i));
  return files;
}

}  // namespace detail

/// Downsampled ImageNet, 3 x size x size, from a folder with what one of its archives holds: either the
/// folder train_SxS or valid_SxS of the release of 2016, or train_data_batch_1.npz to 10 or val_data.npz of
/// that of 2017. The images stay in their files. Throws FileError when the folder holds neither or both,
/// files of a part are missing, damaged or of another size, or are packed and too large (see NpzOptions).
inline DownsampledImageNet open_imagenet(const std::filesystem::path& folder, ImageNetPart part, Index size,
                                         const NpzOptions& options = {}) {
  if (size < 1) throw ArgumentError("Images have at least 1 x 1 pixels, not {0} x {0}.", size);
  const std::filesystem::path pictures =
      folder / fmt::format("{0}_{1}x{1}", part == ImageNetPart::training ? "train" : "valid", size);
  const std::vector<std::filesystem::path> arrays = detail::imagenet_npz(folder, part);
  const bool of_2016 = file_exists(pictures);
  std::vector<std::string> missing;
  for (const std::filesystem::path& file : arrays) {
    if (!file_exists(file)) missing.push_back(file.filename().string());
  }
  const bool of_2017 = missing.size() < arrays.size();
  if (of_2016 && of_2017) {
    throw FileError("Folder '{}' holds both {} and {}: keep the two apart, since they are different images.",
                    folder.string(), pictures.filename().string(), arrays.front().filename().string());
  }
  if (of_2016) {
    const FolderOptions exact{.shape = {3, size, size}, .exact = true};
    return {ImageNetRelease::png_2016, std::make_unique<ImageFolder>(pictures, exact)};
  }
  if (!of_2017) {
    throw FileError("Folder '{}' has neither {}, of Downsampled ImageNet of 2016, nor {}, of that of 2017.",
                    folder.string(), pictures.filename().string(), arrays.front().filename().string());
  }
  if (!missing.empty())
    throw FileError("Of Downsampled ImageNet of 2017, '{}' lacks {}.", folder.string(),
                    joined(missing, ", "));
  auto images = std::make_unique<NpzImages>(arrays, options);
  if (images->shape() != Shape{3, size, size}) {
    throw FileError("The images in '{}' are of {}, not {} x {} pixels.", folder.string(),
                    to_string(images->shape()), size, size);
  }
  return {ImageNetRelease::npz_2017, std::move(images)};
}

}  // namespace densenf
