#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "densenf/data/image_folder.hpp"

// CelebA, aligned and cropped: img_align_celeba/000001.jpg to 202599.jpg of 178 x 218 pixels.
namespace densenf {

/// A part of CelebA: of its 202599 images, in order, the first 162770, the next 19867, and the last 19962.
enum class CelebAPart { training, validation, test };

namespace detail {

/// The part by an image's number: what the list of partitions says, too.
inline CelebAPart celeba_part(Index number) {
  return number <= 162'770   ? CelebAPart::training
         : number <= 182'637 ? CelebAPart::validation
                             : CelebAPart::test;
}

/// The names of a part in the text of list_eval_partition.txt: lines of a name and 0, 1 or 2. Throws
/// FileError, which names `file`, for other lines.
inline std::vector<std::string> celeba_names(std::string_view text, CelebAPart part,
                                             const std::string& file) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    constexpr std::string_view space = " \t\r";
    line = line.substr(0, line.find_last_not_of(space) + 1);  // npos + 1 is 0
    if (line.empty()) continue;
    const std::string_view name = line.substr(0, line.find_first_of(space));
    const std::string_view number = line.substr(line.find_last_of(space) + 1);
    const bool two = line.find_first_not_of(space, name.size()) == line.size() - number.size();
    const bool listed = number == "0" || number == "1" || number == "2";
    if (!two || !listed || name.empty() || name.find('/') != std::string_view::npos) {
      throw FileError("File '{}' has the line {}, which is not the name of an image and 0, 1 or 2.", file,
                      for_message(line));
    }
    if (number.front() - '0' == static_cast<int>(part)) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The images of a part by their numbers. Throws FileError for a name that is no number.
inline std::vector<std::string> celeba_names_by_number(const std::filesystem::path& images, CelebAPart part) {
  std::vector<std::string> names;
  for (std::string& name : image_names(images)) {
    Index number = 0;
    const char* const end = name.data() + std::min(name.find('.'), name.size());
    const auto [stop, error] = std::from_chars(name.data(), end, number);
    constexpr Index most = 202'599;
    if (error != std::errc() || stop != end || number < 1 || number > most) {
      throw FileError(
          "Image '{}' in '{}' is not called by its number, as those of CelebA are, and there is no "
          "list_eval_partition.txt that says what it is for.",
          name, images.string());
    }
    if (celeba_part(number) == part) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace detail

/// The images of a part of CelebA, 3 x size x size: the middle 148 x 148 pixels, as is usual, scaled.
/// `folder` has the images in img_align_celeba, and list_eval_partition.txt, in itself or in Eval; without
/// that list the images' numbers say the part, which is the same for the whole set. Throws FileError when
/// images are missing or the list is not what it should be, ArgumentError unless `size` is at least 1.
inline ImageFolder open_celeba(const std::filesystem::path& folder, CelebAPart part, Index size = 64) {
  if (size < 1) throw ArgumentError("Images have at least 1 x 1 pixels, not {0} x {0}.", size);
  const std::filesystem::path images = folder / "img_align_celeba";
  if (!file_exists(images))
    throw FileError("There is no '{}': CelebA's aligned JPEG images should be there.", images.string());
  constexpr Index crop = 148;
  const FolderOptions options{.shape = {3, size, size}, .crop_height = crop, .crop_width = crop};
  for (const char* place : {"list_eval_partition.txt", "Eval/list_eval_partition.txt"}) {
    const std::filesystem::path list = folder / place;
    if (!file_exists(list)) continue;
    const std::vector<std::byte> text = read_file(list);
    return {
        images,
        detail::celeba_names({reinterpret_cast<const char*>(text.data()), text.size()}, part, list.string()),
        options};
  }
  return {images, detail::celeba_names_by_number(images, part), options};
}

}  // namespace densenf
