/* metrics.c - this room's types, as the plugin `metrics`. Every loss is a metric too, by the
** mean of its values: the host sees to that. */
#include "metrics/metrics.h"

static const rnn_type *const types[] = {
    &rnn_accuracy.type,
    &rnn_binary_accuracy.type,
    &rnn_categorical_accuracy.type,
    &rnn_sparse_categorical_accuracy.type,
    &rnn_top_k_categorical_accuracy.type,
    &rnn_sparse_top_k_categorical_accuracy.type,
    &rnn_root_mean_squared_error.type,
    &rnn_cosine_similarity_metric.type,
    &rnn_pearson_correlation.type,
    &rnn_r2_score.type,
    &rnn_true_positives.type,
    &rnn_false_positives.type,
    &rnn_true_negatives.type,
    &rnn_false_negatives.type,
    &rnn_precision.type,
    &rnn_recall.type,
    &rnn_auc.type,
    &rnn_f1_score.type,
    &rnn_fbeta_score.type,
};

RNN_PLUGIN(metrics, "1.0", "Keras' metrics", types);
