// Kernels over one row of values in the words of vector_*.h: activations, softmax, norms, rotary.
// Included inside the anonymous namespace of each vector file, after its vocabulary.

// e^x. x = n ln 2 + r with |r| <= ln(2)/2; e^r by its series up to r^7, whose rest is below
// 0.35^8 / 8! = 6e-9. ln 2 is subtracted in two parts; n times the first is exact. Within 2 units
// in the last place between the clamps, beyond which the result is the value at the clamp or nearly
// so.
inline Vec exp(Vec x) {
  x = max(splat(-87.0f), min(splat(88.0f), x));
  const Vec n = round(mul(x, splat(1.44269504f)));
  Vec r = fnma(n, splat(0.693359375f), x);
  r = fnma(n, splat(-2.12194440e-4f), r);
  Vec p = splat(1.0f / 5040);
  p = fma(p, r, splat(1.0f / 720));
  p = fma(p, r, splat(1.0f / 120));
  p = fma(p, r, splat(1.0f / 24));
  p = fma(p, r, splat(1.0f / 6));
  p = fma(p, r, splat(0.5f));
  p = fma(p, r, splat(1.0f));
  p = fma(p, r, splat(1.0f));
  return times_power_of_2(p, n);
}

// erfc(z) for z >= 0 as t e^(P(t) - z^2), t = 1 / (1 + z/2). P is the Chebyshev interpolation of
// degree 10 of ln(erfc(z) e^(z^2) / t) over 0 <= t <= 1, off by at most 1e-7.
inline Vec erfc_positive(Vec z) {
  const Vec t = div(splat(1.0f), fma(z, splat(0.5f), splat(1.0f)));
  Vec p = splat(0.00476965096f);
  p = fma(p, t, splat(0.146361385f));
  p = fma(p, t, splat(-0.768458086f));
  p = fma(p, t, splat(1.42317195f));
  p = fma(p, t, splat(-1.08695562f));
  p = fma(p, t, splat(0.256715068f));
  p = fma(p, t, splat(-0.180061512f));
  p = fma(p, t, splat(0.0957724122f));
  p = fma(p, t, splat(0.374176088f));
  p = fma(p, t, splat(1.00002094f));
  p = fma(p, t, splat(-1.26551221f));
  return mul(t, exp(fnma(z, z, p)));
}

// v Phi(v), with the tail that is small computed as such: Phi(-|v|) = erfc(|v| / sqrt 2) / 2.
inline Vec gelu_of(Vec v) {
  const Vec tail = mul(mul(v, splat(0.5f)), erfc_positive(mul(abs(v), splat(0.707106781f))));
  return if_negative(v, tail, sub(v, tail));
}

inline Vec sigmoid_times(Vec v, Vec x) {  // v sigmoid(x)
  return div(v, add(splat(1.0f), exp(sub(zero(), x))));
}

// y[i] = f(x[i]) for all i; x may be y.
template <typename F>
inline void map(const float* x, std::size_t n, float* y, F f) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(y + i, f(load(x + i)));
  if (i < n) store(y + i, f(load(x + i, n - i)), n - i);
}

// y[i] = f(x[i], y[i]).
template <typename F>
inline void map2(const float* x, std::size_t n, float* y, F f) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(y + i, f(load(x + i), load(y + i)));
  if (i < n) store(y + i, f(load(x + i, n - i), load(y + i, n - i)), n - i);
}

// The sum of f(x[i]); f must map the vector so that lanes past the end can be dropped.
template <typename F>
inline float sum_map(const float* x, std::size_t n, F f) {
  Vec sum = zero();
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) sum = add(sum, f(load(x + i)));
  if (i < n) sum = add(sum, keep_first(f(load(x + i, n - i)), n - i, zero()));
  return sum_of(sum);
}

float largest(const float* x, std::size_t n) {
  Vec most = splat(x[0]);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) most = max(most, load(x + i));
  if (i < n) most = max(most, keep_first(load(x + i, n - i), n - i, most));
  return max_of(most);
}

float softmax_step(float* x, std::size_t n, float here, float* largest, float* sum) {
  const float before = *largest, after = here > before ? here : before;
  const Vec top = splat(after);
  Vec terms = zero();
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vec e = exp(sub(load(x + i), top));
    store(x + i, e);
    terms = add(terms, e);
  }
  if (i < n) {
    const Vec e = keep_first(exp(sub(load(x + i, n - i), top)), n - i, zero());
    store(x + i, e, n - i);
    terms = add(terms, e);
  }
  const float factor = sum_of(keep_first(exp(splat(before - after)), 1, zero()));
  *largest = after;
  *sum = *sum * factor + sum_of(terms);
  return factor;
}

void softmax(float* x, std::size_t n) {
  const float here = largest(x, n);
  float most = here, sum = 0;
  softmax_step(x, n, here, &most, &sum);
  const Vec share = splat(1.0f / sum);
  map(x, n, x, [=](Vec v) { return mul(v, share); });
}

void gelu(float* x, std::size_t n) {
  map(x, n, x, [](Vec v) { return gelu_of(v); });
}

void quick_gelu(float* x, std::size_t n) {
  map(x, n, x, [](Vec v) { return sigmoid_times(v, mul(v, splat(1.702f))); });
}

void silu_mul(const float* gate, const float* up, std::size_t n, float* y) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vec g = load(gate + i);
    store(y + i, mul(sigmoid_times(g, g), load(up + i)));
  }
  if (i < n) {
    const Vec g = load(gate + i, n - i);
    store(y + i, mul(sigmoid_times(g, g), load(up + i, n - i)), n - i);
  }
}

void add_to(const float* x, std::size_t n, float* y) {
  map2(x, n, y, [](Vec a, Vec b) { return add(a, b); });
}

void add_scaled(float a, const float* x, std::size_t n, float* y) {
  const Vec scale = splat(a);
  map2(x, n, y, [=](Vec v, Vec sum) { return fma(scale, v, sum); });
}

void layer_norm(const float* x, std::size_t n, const float* weight, const float* bias, float eps,
                float* y) {
  const float count = static_cast<float>(n);
  const Vec mean = splat(sum_map(x, n, [](Vec v) { return v; }) / count);
  const float variance = sum_map(x, n,
                                 [=](Vec v) {
                                   const Vec d = sub(v, mean);
                                   return mul(d, d);
                                 }) /
                         count;
  const Vec scale = splat(1.0f / __builtin_sqrtf(variance + eps));
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vec v = mul(sub(load(x + i), mean), scale);
    store(y + i, fma(v, load(weight + i), load(bias + i)));
  }
  if (i < n) {
    const Vec v = mul(sub(load(x + i, n - i), mean), scale);
    store(y + i, fma(v, load(weight + i, n - i), load(bias + i, n - i)), n - i);
  }
}

void rms_norm(const float* x, std::size_t n, const float* weight, float eps, float* y) {
  const float squares = sum_map(x, n, [](Vec v) { return mul(v, v); });
  const Vec scale = splat(1.0f / __builtin_sqrtf(squares / static_cast<float>(n) + eps));
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(y + i, mul(mul(load(x + i), scale), load(weight + i)));
  if (i < n) store(y + i, mul(mul(load(x + i, n - i), scale), load(weight + i, n - i)), n - i);
}

void rope(float* v, std::size_t half, const float* cosines, const float* sines) {
  float* const w = v + half;
  std::size_t j = 0;
  for (; j + kLanes <= half; j += kLanes) {
    const Vec a = load(v + j), b = load(w + j), c = load(cosines + j), s = load(sines + j);
    store(v + j, fnma(b, s, mul(a, c)));
    store(w + j, fma(a, s, mul(b, c)));
  }
  if (const std::size_t n = half - j) {
    const Vec a = load(v + j, n), b = load(w + j, n), c = load(cosines + j, n),
              s = load(sines + j, n);
    store(v + j, fnma(b, s, mul(a, c)), n);
    store(w + j, fma(a, s, mul(b, c)), n);
  }
}

float add_rel_pos(float* s, std::size_t height, std::size_t width, const float* along_y,
                  const float* along_x) {
  Vec most = splat(-__builtin_inff());
  for (std::size_t y = 0; y < height; ++y, s += width) {
    const Vec row = splat(along_y[y]);
    std::size_t i = 0;
    for (; i + kLanes <= width; i += kLanes) {
      const Vec sum = add(load(s + i), add(row, load(along_x + i)));
      store(s + i, sum);
      most = max(most, sum);
    }
    if (i == width) continue;
    const Vec sum = add(load(s + i, width - i), add(row, load(along_x + i, width - i)));
    store(s + i, sum, width - i);
    most = max(most, keep_first(sum, width - i, most));
  }
  return max_of(most);
}
