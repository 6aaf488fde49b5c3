// expect: A piece that takes a context and has a reverse of its own takes the context there too.
#include "densenf/densenf.hpp"

using namespace densenf;

class Scale : public Bijector<Scale> {
public:
  static constexpr bool takes_context = true;
  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx&, const V& x, LogProb, const V&) const {
    return x;
  }
  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx&, const V& z, const V&) const {
    return z;
  }
  template <class Ctx, class V = typename Ctx::Value>
  void reverse(Ctx&, const V&, const V&, LogProb) const {}
};

void back(const Scale& scale, Context<float, Cpu, true>& ctx, const Var<float>& x) {
  scale.rebuild(ctx, x, x, LogProb{}, x);
}
