/* schedules.c - learning rates that change with the step; float32 arithmetic, as in Keras */
#include <math.h>

#include "optimizers/optimizers.h"

#define RATE_ARG(SELF) \
  NUMBER_ARG(SELF, initial_learning_rate, NULL, "[0, inf)", "the rate at step 0")
#define STEPS_ARG(SELF, NAME, DEFAULT, RANGE, DOC) \
  {#NAME, RNN_ARG_INTEGER, offsetof(SELF, NAME), DEFAULT, RANGE, 0, DOC}

/* none of these can fail */
#define RATE(FUNCTION)                                                                                \
  static rnn_status FUNCTION##_rate(rnn_context *cx, const void *self, int64_t step, double *rate) { \
    (void)cx;                                                                                         \
    *rate = FUNCTION(self, step);                                                                     \
    return RNN_OK;                                                                                    \
  }

/* ---- ExponentialDecay, InverseTimeDecay ------------------------------------------------------ */

typedef struct decay_self {
  double initial_learning_rate, decay_rate;
  int64_t decay_steps;
  bool staircase;
} decay_self;

static const rnn_arg decay_args[] = {
    RATE_ARG(decay_self),
    STEPS_ARG(decay_self, decay_steps, NULL, "[1, inf)", "steps that decay_rate belongs to"),
    NUMBER_ARG(decay_self, decay_rate, NULL, NULL, "how strong the decay is"),
    {"staircase", RNN_ARG_BOOLEAN, offsetof(decay_self, staircase), "false", NULL, 0,
     "change only every decay_steps"},
};

static float periods(const decay_self *self, int64_t step) {
  float p = (float)step / (float)self->decay_steps;
  return self->staircase ? floorf(p) : p;
}

static double exponential_decay(const void *self, int64_t step) {
  const decay_self *a = self;
  return (float)a->initial_learning_rate * powf((float)a->decay_rate, periods(a, step));
}
RATE(exponential_decay)

static double inverse_time_decay(const void *self, int64_t step) {
  const decay_self *a = self;
  return (float)a->initial_learning_rate / (1 + (float)a->decay_rate * periods(a, step));
}
RATE(inverse_time_decay)

const rnn_schedule_type rnn_exponential_decay = {
    .type = {SCHEDULE("ExponentialDecay"), .doc = "initial_learning_rate * decay_rate^(step / "
                                                  "decay_steps)",
             RNN_ARGUMENTS(decay_args, decay_self), .positional = 3},
    .rate = exponential_decay_rate};

const rnn_schedule_type rnn_inverse_time_decay = {
    .type = {SCHEDULE("InverseTimeDecay"),
             .doc = "initial_learning_rate / (1 + decay_rate * step / decay_steps)",
             RNN_ARGUMENTS(decay_args, decay_self), .positional = 3},
    .rate = inverse_time_decay_rate};

/* ---- PolynomialDecay ------------------------------------------------------------------------- */

typedef struct polynomial_self {
  double initial_learning_rate, end_learning_rate, power;
  int64_t decay_steps;
  bool cycle;
} polynomial_self;

static const rnn_arg polynomial_args[] = {
    RATE_ARG(polynomial_self),
    STEPS_ARG(polynomial_self, decay_steps, NULL, "[1, inf)", "steps until end_learning_rate"),
    NUMBER_ARG(polynomial_self, end_learning_rate, "0.0001", NULL, "the rate at the end"),
    NUMBER_ARG(polynomial_self, power, "1", NULL, "1: a straight line"),
    {"cycle", RNN_ARG_BOOLEAN, offsetof(polynomial_self, cycle), "false", NULL, 0,
     "go on past decay_steps, towards a multiple of it"},
};

static double polynomial_decay(const void *self, int64_t step) {
  const polynomial_self *a = self;
  float at = (float)step, until = (float)a->decay_steps, end = (float)a->end_learning_rate;
  if (a->cycle) until *= step == 0 ? 1 : ceilf(at / until);
  else at = fminf(at, until);
  return ((float)a->initial_learning_rate - end) * powf(1 - at / until, (float)a->power) + end;
}
RATE(polynomial_decay)

const rnn_schedule_type rnn_polynomial_decay = {
    .type = {SCHEDULE("PolynomialDecay"),
             .doc = "(initial_learning_rate - end_learning_rate) * (1 - step / decay_steps)^power "
                    "+ end_learning_rate",
             RNN_ARGUMENTS(polynomial_args, polynomial_self), .positional = 4},
    .rate = polynomial_decay_rate};

/* ---- CosineDecay: Loshchilov and Hutter 2016 ------------------------------------------------- */

typedef struct cosine_self {
  double initial_learning_rate, alpha, warmup_target;
  int64_t decay_steps, warmup_steps;
} cosine_self;

static const rnn_arg cosine_args[] = {
    RATE_ARG(cosine_self),
    STEPS_ARG(cosine_self, decay_steps, NULL, "[1, inf)",
              "steps of the half wave, after any warm-up"),
    NUMBER_ARG(cosine_self, alpha, "0", NULL, "share of the rate that remains at the end"),
    NUMBER_ARG(cosine_self, warmup_target, "nil", "[0, inf)",
               "the rate to rise to first, in a straight line; nil: no warm-up"),
    STEPS_ARG(cosine_self, warmup_steps, "0", "[0, inf)", "steps of the warm-up"),
};

/* from 1 at 0 to alpha at 1, along half a wave of height `height` */
static float half_wave(float height, double alpha, float done) {
  float wave = 0.5f * height * (1 + cosf((float)M_PI * done));
  return (1 - (float)alpha) * wave + (float)alpha;
}

static double cosine_decay(const void *self, int64_t step) {
  const cosine_self *a = self;
  float at = (float)step, until = (float)a->decay_steps, rate = (float)a->initial_learning_rate;
  if (isnan(a->warmup_target)) return rate * half_wave(1, a->alpha, fminf(at, until) / until);
  float target = (float)a->warmup_target, warmup = (float)a->warmup_steps;
  if (at < warmup) return (target - rate) * (at / warmup) + rate;
  return target * half_wave(1, a->alpha, fminf(at - warmup, until) / until);
}
RATE(cosine_decay)

const rnn_schedule_type rnn_cosine_decay = {
    .type = {SCHEDULE("CosineDecay"),
             .doc = "initial_learning_rate * ((1 - alpha) (1 + cos(pi step / decay_steps)) / 2 + "
                    "alpha); Loshchilov and Hutter 2016, arXiv:1608.03983",
             RNN_ARGUMENTS(cosine_args, cosine_self), .positional = 3},
    .rate = cosine_decay_rate};

/* ---- CosineDecayRestarts --------------------------------------------------------------------- */

typedef struct restarts_self {
  double initial_learning_rate, t_mul, m_mul, alpha;
  int64_t first_decay_steps;
} restarts_self;

static const rnn_arg restarts_args[] = {
    RATE_ARG(restarts_self),
    STEPS_ARG(restarts_self, first_decay_steps, NULL, "[1, inf)", "steps of the first period"),
    NUMBER_ARG(restarts_self, t_mul, "2", "[1, inf)",
               "by which each period is longer than the last"),
    NUMBER_ARG(restarts_self, m_mul, "1", NULL, "by which each starts lower than the last"),
    NUMBER_ARG(restarts_self, alpha, "0", NULL, "share of the rate that remains at a period's end"),
};

static double cosine_decay_restarts(const void *self, int64_t step) {
  const restarts_self *a = self;
  float done = (float)step / (float)a->first_decay_steps, t = (float)a->t_mul, restart;
  if (t == 1) {
    restart = floorf(done);
    done -= restart;
  } else { /* the periods before number r last 1 + t + … + t^(r-1) = (1 - t^r) / (1 - t) */
    restart = floorf(logf(1 - done * (1 - t)) / logf(t));
    done = (done - (1 - powf(t, restart)) / (1 - t)) / powf(t, restart);
  }
  float height = powf((float)a->m_mul, restart);
  return (float)a->initial_learning_rate * half_wave(height, a->alpha, done);
}
RATE(cosine_decay_restarts)

const rnn_schedule_type rnn_cosine_decay_restarts = {
    .type = {SCHEDULE("CosineDecayRestarts"),
             .doc = "CosineDecay again and again, each period t_mul times as long and m_mul times "
                    "as high; Loshchilov and Hutter 2016, arXiv:1608.03983",
             RNN_ARGUMENTS(restarts_args, restarts_self), .positional = 2},
    .rate = cosine_decay_restarts_rate};
