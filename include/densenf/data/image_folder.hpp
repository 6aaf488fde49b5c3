#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "densenf/data/image_source.hpp"
#include "densenf/data/rescale.hpp"
#include "densenf/io/image_file.hpp"

namespace densenf {

/// What becomes of the pictures in a folder.
struct FolderOptions {
  Shape shape{3, 64, 64};  ///< of the images: 1 or 3 channels (see rescale)
  /// Pixels that are cut out of a picture's middle before it is scaled; 0 x 0: as many as there are at the
  /// images' ratio of width to height.
  Index crop_height = 0;
  Index crop_width = 0;
  bool exact = false;    ///< pictures have the images' size already: another one is an error
  bool classes = false;  ///< the folders directly in the folder are classes: numbered from 0 by their names
};

namespace detail {

/// Whether a name ends as those of PNG, JPEG and WebP files do, in letters of either case.
inline bool named_as_image(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  std::string ending(name.substr(dot + 1));
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return ending == "png" || ending == "jpg" || ending == "jpeg" || ending == "webp";
}

/// What a folder is known by, whatever it is called.
using FolderId = std::pair<dev_t, ino_t>;

/// Adds the images in a folder and those below it to `names`, as paths that begin with `below`. `above` are
/// the folders on the way. Throws FileError for one that cannot be read, and one that is inside itself.
inline void add_image_names(const std::filesystem::path& folder, const std::string& below,
                            std::vector<FolderId>& above, std::vector<std::string>& names) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) {
    const int code = errno;
    throw FileError("Folder '{}' cannot be read: {}.", folder.string(), system_message(code));
  }
  if (!S_ISDIR(status.st_mode))
    throw FileError("'{}' is a file where a folder is expected.", folder.string());
  const FolderId id{status.st_dev, status.st_ino};
  if (std::find(above.begin(), above.end(), id) != above.end())
    throw FileError("Folder '{}' is a link to a folder that it is in: remove the link.", folder.string());
  above.push_back(id);
  std::error_code code;
  for (std::filesystem::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code unknown;  // a link to nothing counts as a file, and is an error when it is read
    if (entry->is_directory(unknown)) {
      add_image_names(entry->path(), below + name + '/', above, names);
    } else if (named_as_image(name)) {
      names.push_back(below + name);
    }
  }
  if (code) throw FileError("Folder '{}' cannot be read: {}.", folder.string(), code.message());
  above.pop_back();
}

}  // namespace detail

/// The images in a folder and those below it, as paths from the folder on, in the order of the paths' bytes,
/// whatever the file system's. Images are files whose names end in .png, .jpg, .jpeg or .webp, in letters of
/// either case (which of these they are, their content says); others are left out, and so is what is hidden:
/// files and folders whose names begin with a dot. Links are followed. Throws FileError when a folder cannot
/// be read or is inside itself.
inline std::vector<std::string> image_names(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::vector<detail::FolderId> above;
  detail::add_image_names(folder, "", above, names);
  std::sort(names.begin(), names.end());
  return names;
}

/// The images in a folder, which stay there: each is read, cut and scaled when it is asked for.
class ImageFolder : public ImageSource {
public:
  /// All images of the folder: see image_names. Throws FileError when there is none or the folder cannot be
  /// read, and, where folders are classes, for an image that is in none; ArgumentError for options that
  /// cannot be.
  ImageFolder(const std::filesystem::path& folder, const FolderOptions& options)
      : ImageFolder(folder, image_names(folder), options) {}

  /// Those of these names, in this order. Throws also FileError for one that is not there.
  ImageFolder(std::filesystem::path folder, std::vector<std::string> names, const FolderOptions& options)
      : folder_(std::move(folder)), names_(std::move(names)), options_(options) {
    require(options);
    if (names_.empty()) {
      throw FileError("There is no image in folder '{}': no file's name ends in .png, .jpg, .jpeg or .webp.",
                      folder_.string());
    }
    sizes_.reserve(names_.size());
    for (const std::string& name : names_) {
      std::error_code code;
      const std::filesystem::path path = folder_ / name;
      sizes_.push_back(std::filesystem::file_size(path, code));
      if (code) throw FileError("Image '{}' cannot be read: {}.", path.string(), code.message());
    }
    if (options.classes) find_classes();
  }

  Index count() const override { return std::ssize(names_); }
  Shape shape() const override { return options_.shape; }
  int levels() const override { return 256; }
  std::span<const Label> labels() const override { return labels_; }

  const std::vector<std::string>& names() const { return names_; }              ///< of the images' files
  const std::vector<std::string>& class_names() const { return class_names_; }  ///< by their labels

  void identify(const TakeBytes& take) const override {
    const auto take_text = [&](const std::string& text) { take(std::as_bytes(std::span(text))); };
    take_text(fmt::format("crop {} x {}\n", options_.crop_height, options_.crop_width));
    for (std::size_t i = 0; i < names_.size(); ++i) take_text(fmt::format("{}\n{}\n", names_[i], sizes_[i]));
  }

private:
  static void require(const FolderOptions& o) {
    static_cast<void>(value_count("An image", 1, o.shape));
    if (o.shape.c != 1 && o.shape.c != 3)
      throw ArgumentError("Pictures become images of 1 or 3 channels, not of {}.", to_string(o.shape));
    if (o.crop_height < 0 || o.crop_width < 0 || (o.crop_height == 0) != (o.crop_width == 0)) {
      throw ArgumentError("Of a picture at least one pixel is kept, or 0 x 0 for no crop, but not {} x {}.",
                          o.crop_height, o.crop_width);
    }
    if (o.exact && o.crop_height > 0)
      throw ArgumentError("Pictures of exactly the images' size cannot be cropped: choose one of the two.");
  }

  void find_classes() {
    const auto class_of = [](const std::string& name) { return name.substr(0, name.find('/')); };
    for (const std::string& name : names_) {
      if (name.find('/') == std::string::npos) {
        throw FileError("Image '{}' is in no folder of a class, as the others of '{}' should be.", name,
                        folder_.string());
      }
      class_names_.push_back(class_of(name));
    }
    std::sort(class_names_.begin(), class_names_.end());
    class_names_.erase(std::unique(class_names_.begin(), class_names_.end()), class_names_.end());
    for (const std::string& name : names_) {
      const auto place = std::lower_bound(class_names_.begin(), class_names_.end(), class_of(name));
      labels_.push_back(static_cast<Label>(place - class_names_.begin()));
    }
  }

  void read_image(Index i, std::span<std::uint8_t> out) const override {
    const std::filesystem::path path = folder_ / names_[static_cast<std::size_t>(i)];
    const Picture picture = densenf::read_image(path);
    rescale(picture, part_of(picture, path), options_.shape, out);
  }

  /// What an image is made of. Throws FileError when a picture has another size than it must have.
  PictureRegion part_of(const Picture& picture, const std::filesystem::path& path) const {
    const Shape& shape = options_.shape;
    const Index h = options_.exact ? shape.h : options_.crop_height;
    const Index w = options_.exact ? shape.w : options_.crop_width;
    if (options_.exact ? picture.height != h || picture.width != w
                       : picture.height < h || picture.width < w) {
      throw FileError("Image '{}' has {} x {} pixels, but it should have {}{} x {}.", path.string(),
                      picture.width, picture.height, options_.exact ? "" : "at least ", w, h);
    }
    return h == 0 ? middle_of_ratio(picture.width, picture.height, shape.w, shape.h)
                  : middle(picture.width, picture.height, w, h);
  }

  std::filesystem::path folder_;
  std::vector<std::string> names_;
  FolderOptions options_;
  std::vector<std::uintmax_t> sizes_;  ///< of the files
  std::vector<std::string> class_names_;
  std::vector<Label> labels_;
};

}  // namespace densenf
