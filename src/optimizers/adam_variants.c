/* adam_variants.c - Adamax (Kingma and Ba 2014) and Nadam (Dozat 2015) */
#include <math.h>

#include "optimizers/optimizers.h"

typedef struct variant_self {
  rnn_optimizer_common common;
  double beta_1, beta_2, epsilon;
} variant_self;

static const rnn_arg variant_args[] = {
    RNN_OPTIMIZER_RATE_ARG(variant_self, "0.001"),
    NUMBER_ARG(variant_self, beta_1, "0.9", "[0, 1)", "decay of the mean of gradients"),
    NUMBER_ARG(variant_self, beta_2, "0.999", "[0, 1)", "decay of their size"),
    EPSILON_ARG(variant_self),
    RNN_OPTIMIZER_ARGS(variant_self, "nil"),
};

/* ---- Adamax ---------------------------------------------------------------------------------- */

static int adamax_slot_count(const void *self) {
  (void)self;
  return 2;
}

static rnn_status adamax_update(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx;
  const variant_self *a = self;
  float rest = (float)(1 - a->beta_1), decay = (float)a->beta_2, epsilon = (float)a->epsilon;
  float bias = 1 - powf((float)a->beta_1, (float)u->step);
  float *m = u->slots[0], *norm = u->slots[1];
  for (int64_t i = 0; i < u->count; i++) {
    float g = u->gradients[i];
    m[i] += (g - m[i]) * rest;
    norm[i] = fmaxf(decay * norm[i], rnn_gradient_magnitude(u, i));
    u->weights[i] -= u->learning_rate * m[i] / (bias * (norm[i] + epsilon));
  }
  return RNN_OK;
}

const rnn_optimizer_type rnn_adamax = {
    .type = {OPTIMIZER("Adamax"), .aliases = "adamax",
             .doc = "m += (g - m)(1 - beta_1); u = max(beta_2 u, |g|); w -= lr m / ((1 - "
                    "beta_1^t)(u + epsilon)); Kingma and Ba 2014, arXiv:1412.6980",
             RNN_ARGUMENTS(variant_args, variant_self), .positional = 4},
    .slot_count = adamax_slot_count,
    .update = adamax_update,
    .flags = RNN_OPTIMIZER_MAGNITUDES};

/* ---- Nadam: Adam with Nesterov's look ahead -------------------------------------------------- */

/* m, v, and the product of the momenta so far: one number, kept in the first place of a slot */
static int nadam_slot_count(const void *self) {
  (void)self;
  return 3;
}

static float nadam_slot_start(const void *self, int slot) {
  (void)self;
  return slot == 2 ? 1 : 0;
}

/* the momentum of a step, which grows towards beta_1 */
static float nadam_momentum(float beta_1, int64_t step) {
  return beta_1 * (1 - 0.5f * powf(0.96f, (float)step));
}

static rnn_status nadam_update(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx;
  const variant_self *a = self;
  if (u->count == 0) return RNN_OK;
  float beta_1 = (float)a->beta_1, beta_2 = (float)a->beta_2, epsilon = (float)a->epsilon;
  float now = nadam_momentum(beta_1, u->step), next = nadam_momentum(beta_1, u->step + 1);
  float *m = u->slots[0], *v = u->slots[1], *product = u->slots[2];
  product[0] *= now;
  float ahead = next / (1 - product[0] * next), here = (1 - now) / (1 - product[0]);
  float bias = 1 - powf(beta_2, (float)u->step);
  for (int64_t i = 0; i < u->count; i++) {
    float g = u->gradients[i];
    m[i] += (g - m[i]) * (1 - beta_1);
    v[i] += (rnn_gradient_square(u, i) - v[i]) * (1 - beta_2);
    u->weights[i] -= (ahead * m[i] + here * g) * u->learning_rate / (sqrtf(v[i] / bias) + epsilon);
  }
  return RNN_OK;
}

const rnn_optimizer_type rnn_nadam = {
    .type = {OPTIMIZER("Nadam"), .aliases = "nadam",
             .doc = "Adam whose step also looks ahead: u_t = beta_1 (1 - 0.96^t / 2), U_t their "
                    "product; w -= lr (u_{t+1} m / (1 - U_{t+1}) + (1 - u_t) g / (1 - U_t)) / "
                    "(sqrt(v / (1 - beta_2^t)) + epsilon); Dozat 2015",
             RNN_ARGUMENTS(variant_args, variant_self), .positional = 4},
    .slot_count = nadam_slot_count,
    .slot_start = nadam_slot_start,
    .update = nadam_update,
    .flags = RNN_OPTIMIZER_SQUARES};
