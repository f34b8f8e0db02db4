/* checksum.h - CRC-32 as zip files have it (polynomial 0xEDB88320) */
#ifndef RNN_CHECKSUM_H
#define RNN_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* `crc` is that of the bytes before, 0 at the start. */
uint32_t rnn_crc32(uint32_t crc, const void *bytes, size_t n);

#endif
