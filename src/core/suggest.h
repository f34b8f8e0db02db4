/* suggest.h - the nearest right name for a wrong one */
#ifndef RNN_SUGGEST_H
#define RNN_SUGGEST_H

/* Keeps the candidate nearest to `wrong` (edit distance, case ignored; a name cut short is near).
** Start with best = NULL and distance = 0 and offer every right name; best stays NULL if none is near
** enough to be meant. */
typedef struct rnn_suggestion {
  const char *wrong, *best;
  int distance;
} rnn_suggestion;

void rnn_suggest(rnn_suggestion *suggestion, const char *candidate);

#endif
