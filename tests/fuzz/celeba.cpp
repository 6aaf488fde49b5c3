// needs: images
#include "densenf/data/celeba.hpp"

#include "fuzz.hpp"

using namespace densenf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::File file({data, size});
  fuzz::reading(file, [&] {
    const std::string text = file.content();
    std::size_t all = 0;
    for (const CelebAPart part : {CelebAPart::training, CelebAPart::validation, CelebAPart::test}) {
      const std::vector<std::string> names = detail::celeba_names(text, part, "list");
      for (const std::string& name : names)
        fuzz::require(
            !name.empty() && name.find('/') == std::string::npos && name.find('\n') == std::string::npos,
            "a name that is no file's in the folder");
      all += names.size();
    }
    fuzz::require(all <= text.size() / 3 + 1, "more names than lines");
  });
  return 0;
}
