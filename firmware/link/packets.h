/* Packets of the link: types, sizes and the offset of every field. Little-endian; docs/protocol.md says what they mean.
 * Written by hil/bitloop_hil/link/header.py from packets.py; change that, not this. */
#ifndef BL_PACKETS_H
#define BL_PACKETS_H

#define BL_PROTOCOL 1u
#define BL_REPLY 0x80u

/* A frame: header, payload, CRC-32 of both. */
#define BL_FRAME_VERSION 0u
#define BL_FRAME_TYPE 1u
#define BL_FRAME_SEQUENCE 2u
#define BL_FRAME_LENGTH 4u
#define BL_FRAME_HEADER 6u
#define BL_FRAME_CHECK 4u

/* Who are you? Forgets the last reply, so a new host may start at any sequence. */
#define BL_HELLO 0x01u
#define BL_HELLO_BYTES 0u

/* Call the library's init; what was learned is gone. */
#define BL_INIT 0x02u
#define BL_INIT_BYTES 1u
#define BL_INIT_PRETRAINED 0u

/* Write into the buffer, upwards from offset 0. */
#define BL_DATA 0x03u
#define BL_DATA_BYTES 4u /* then bytes */
#define BL_DATA_OFFSET 0u

/* Learn the signal in the buffer. */
#define BL_LEARN 0x04u
#define BL_LEARN_BYTES 0u

/* Detect, classify or extrapolate the signal in the buffer. */
#define BL_DETECT 0x05u
#define BL_DETECT_BYTES 0u

/* Save the learned knowledge into the buffer. */
#define BL_SAVE 0x06u
#define BL_SAVE_BYTES 0u

/* Restore learned knowledge from the buffer. */
#define BL_RESTORE 0x07u
#define BL_RESTORE_BYTES 0u

/* Read from the buffer. */
#define BL_READ 0x08u
#define BL_READ_BYTES 8u
#define BL_READ_OFFSET 0u
#define BL_READ_SIZE 4u

/* As LEARN or DETECT, telling what stands after each step. */
#define BL_TRACE 0x09u
#define BL_TRACE_BYTES 1u
#define BL_TRACE_LEARN 0u

/* Send the same bytes back. */
#define BL_ECHO 0x0au
#define BL_ECHO_BYTES 0u /* then bytes */

/* What went wrong on the line, as the board saw it. */
#define BL_COUNTS 0x0bu
#define BL_COUNTS_BYTES 0u

/* Send so many STREAMED frames with so many bytes of noise, one every interval ticks (0: as the line takes them). */
#define BL_STREAM 0x0cu
#define BL_STREAM_BYTES 10u
#define BL_STREAM_FRAMES 0u
#define BL_STREAM_INTERVAL 4u
#define BL_STREAM_SIZE 8u

/* What came of the POUR frames since the last SINK? Begins again. */
#define BL_SINK 0x0du
#define BL_SINK_BYTES 0u

/* Which sensor, and what do its samples mean? */
#define BL_SENSOR 0x0eu
#define BL_SENSOR_BYTES 0u

/* Send so many samples in BLOCKs (0: until a byte from the host). */
#define BL_RECORD 0x0fu
#define BL_RECORD_BYTES 8u
#define BL_RECORD_SAMPLES 0u
#define BL_RECORD_SAMPLES_BYTES 8u

/* Which image runs where, and how much it takes at a time. */
#define BL_GREETING 0x81u
#define BL_GREETING_BYTES 104u
#define BL_GREETING_PROTOCOL 0u
#define BL_GREETING_PERSONA 1u
#define BL_GREETING_KIND 2u
#define BL_GREETING_FLAGS 3u
#define BL_GREETING_AXES 4u
#define BL_GREETING_SAMPLES 6u
#define BL_GREETING_OUTPUTS 8u
#define BL_GREETING_MAX_PAYLOAD 10u
#define BL_GREETING_BUFFER_BYTES 12u
#define BL_GREETING_KNOWLEDGE_BYTES 16u
#define BL_GREETING_CLOCK_HZ 20u
#define BL_GREETING_TICK_SOURCE 24u
#define BL_GREETING_LIBRARY 28u
#define BL_GREETING_LIBRARY_BYTES 12u
#define BL_GREETING_BUILD 40u
#define BL_GREETING_BUILD_BYTES 8u
#define BL_GREETING_FIRMWARE 48u
#define BL_GREETING_FIRMWARE_BYTES 16u
#define BL_GREETING_CORE 64u
#define BL_GREETING_CORE_BYTES 16u
#define BL_GREETING_BOARD 80u
#define BL_GREETING_BOARD_BYTES 24u

/* Status of the library's call. */
#define BL_INIT_REPLY 0x82u
#define BL_INIT_REPLY_BYTES 12u
#define BL_INIT_REPLY_STATUS 0u
#define BL_INIT_REPLY_LABEL 4u
#define BL_INIT_REPLY_TICKS 8u

/* Bytes that stand in the buffer now. */
#define BL_DATA_REPLY 0x83u
#define BL_DATA_REPLY_BYTES 4u
#define BL_DATA_REPLY_FILLED 0u

/* Status of the library's call. */
#define BL_LEARN_REPLY 0x84u
#define BL_LEARN_REPLY_BYTES 12u
#define BL_LEARN_REPLY_STATUS 0u
#define BL_LEARN_REPLY_LABEL 4u
#define BL_LEARN_REPLY_TICKS 8u

/* Status, label and outputs. */
#define BL_DETECT_REPLY 0x85u
#define BL_DETECT_REPLY_BYTES 12u /* then floats */
#define BL_DETECT_REPLY_STATUS 0u
#define BL_DETECT_REPLY_LABEL 4u
#define BL_DETECT_REPLY_TICKS 8u

/* Status and bytes saved. */
#define BL_SAVE_REPLY 0x86u
#define BL_SAVE_REPLY_BYTES 8u
#define BL_SAVE_REPLY_STATUS 0u
#define BL_SAVE_REPLY_SIZE 4u

/* Status of the library's call. */
#define BL_RESTORE_REPLY 0x87u
#define BL_RESTORE_REPLY_BYTES 12u
#define BL_RESTORE_REPLY_STATUS 0u
#define BL_RESTORE_REPLY_LABEL 4u
#define BL_RESTORE_REPLY_TICKS 8u

/* What stands there. */
#define BL_READ_REPLY 0x88u
#define BL_READ_REPLY_BYTES 4u /* then bytes */
#define BL_READ_REPLY_OFFSET 0u

/* Number of floats sent as VALUES before. */
#define BL_TRACE_REPLY 0x89u
#define BL_TRACE_REPLY_BYTES 4u
#define BL_TRACE_REPLY_VALUES 0u

/* The same bytes. */
#define BL_ECHO_REPLY 0x8au
#define BL_ECHO_REPLY_BYTES 0u /* then bytes */

/* Frames with a wrong CRC, other damage, requests repeated, bytes lost by the receiver since the start. */
#define BL_COUNTS_REPLY 0x8bu
#define BL_COUNTS_REPLY_BYTES 16u
#define BL_COUNTS_REPLY_CRC_ERRORS 0u
#define BL_COUNTS_REPLY_MALFORMED 4u
#define BL_COUNTS_REPLY_REPEATS 8u
#define BL_COUNTS_REPLY_OVERRUNS 12u

/* Frames sent, frames that fell due while the last was still leaving, and how long it all took. */
#define BL_STREAM_REPLY 0x8cu
#define BL_STREAM_REPLY_BYTES 16u
#define BL_STREAM_REPLY_FRAMES 0u
#define BL_STREAM_REPLY_DROPPED 4u
#define BL_STREAM_REPLY_TICKS 8u
#define BL_STREAM_REPLY_TICKS_BYTES 8u

/* Frames as they should be, numbers missing between them, frames whose noise is wrong, ticks from first to last. */
#define BL_SINK_REPLY 0x8du
#define BL_SINK_REPLY_BYTES 20u
#define BL_SINK_REPLY_FRAMES 0u
#define BL_SINK_REPLY_LOST 4u
#define BL_SINK_REPLY_WRONG 8u
#define BL_SINK_REPLY_TICKS 12u
#define BL_SINK_REPLY_TICKS_BYTES 8u

/* What a datalogger sends. */
#define BL_SENSOR_REPLY 0x8eu
#define BL_SENSOR_REPLY_BYTES 64u /* then axes */
#define BL_SENSOR_REPLY_SENSOR 0u
#define BL_SENSOR_REPLY_SENSOR_BYTES 16u
#define BL_SENSOR_REPLY_QUANTITY 16u
#define BL_SENSOR_REPLY_QUANTITY_BYTES 16u
#define BL_SENSOR_REPLY_UNIT 32u
#define BL_SENSOR_REPLY_UNIT_BYTES 8u
#define BL_SENSOR_REPLY_LETTERS 40u
#define BL_SENSOR_REPLY_LETTERS_BYTES 8u
#define BL_SENSOR_REPLY_RATE_MILLIHERTZ 48u
#define BL_SENSOR_REPLY_RANGE 52u
#define BL_SENSOR_REPLY_SAMPLES 56u
#define BL_SENSOR_REPLY_BLOCK 60u
#define BL_SENSOR_REPLY_WIDTH 62u

/* Samples sent, times the sensor's memory overflowed, and how long it all took. */
#define BL_RECORD_REPLY 0x8fu
#define BL_RECORD_REPLY_BYTES 20u
#define BL_RECORD_REPLY_SAMPLES 0u
#define BL_RECORD_REPLY_SAMPLES_BYTES 8u
#define BL_RECORD_REPLY_OVERRUNS 8u
#define BL_RECORD_REPLY_TICKS 12u
#define BL_RECORD_REPLY_TICKS_BYTES 8u

/* For people. */
#define BL_LOG 0xf0u
#define BL_LOG_BYTES 0u /* then text */

/* The core took a fault; nothing follows. */
#define BL_FAULT 0xf1u
#define BL_FAULT_BYTES 24u
#define BL_FAULT_EXCEPTION 0u
#define BL_FAULT_PC 4u
#define BL_FAULT_LR 8u
#define BL_FAULT_CFSR 12u
#define BL_FAULT_HFSR 16u
#define BL_FAULT_ADDRESS 20u

/* Part of what stands after a step, before TRACE_REPLY and with its sequence. */
#define BL_VALUES 0xf2u
#define BL_VALUES_BYTES 12u /* then floats */
#define BL_VALUES_STEP 0u
#define BL_VALUES_OFFSET 4u
#define BL_VALUES_TOTAL 8u

/* One frame of a stream, before STREAM_REPLY and with its sequence. */
#define BL_STREAMED 0xf3u
#define BL_STREAMED_BYTES 4u /* then noise */
#define BL_STREAMED_INDEX 0u

/* From the host, without reply: a frame for SINK to count. */
#define BL_POUR 0xf4u
#define BL_POUR_BYTES 4u /* then noise */
#define BL_POUR_INDEX 0u

/* Samples of one run, before RECORD_REPLY and with its sequence. */
#define BL_BLOCK 0xf5u
#define BL_BLOCK_BYTES 32u /* then samples */
#define BL_BLOCK_INDEX 0u
#define BL_BLOCK_INDEX_BYTES 8u
#define BL_BLOCK_FIRST 8u
#define BL_BLOCK_FIRST_BYTES 8u
#define BL_BLOCK_LAST 16u
#define BL_BLOCK_LAST_BYTES 8u
#define BL_BLOCK_RUN 24u
#define BL_BLOCK_OVERRUNS 28u

/* The request was not carried out. */
#define BL_ERROR 0xffu
#define BL_ERROR_BYTES 8u
#define BL_ERROR_CODE 0u
#define BL_ERROR_DETAIL 4u

/* Codes of BL_ERROR. */
#define BL_ERROR_TYPE 1u
#define BL_ERROR_LENGTH 2u
#define BL_ERROR_GREETING 3u
#define BL_ERROR_RANGE 4u
#define BL_ERROR_INCOMPLETE 5u
#define BL_ERROR_UNSUPPORTED 6u
#define BL_ERROR_SENSOR 7u

/* Values of BL_GREETING_KIND. */
#define BL_KIND_ANOMALY 0u
#define BL_KIND_OUTLIER 1u
#define BL_KIND_CLASSES 2u
#define BL_KIND_EXTRAPOLATION 3u
#define BL_KIND_DATALOGGER 4u

/* Bits of BL_GREETING_FLAGS. */
#define BL_FLAG_TRACE 1u
#define BL_FLAG_LEARNS 2u
#define BL_FLAG_PRETRAINED 4u

/* Values of BL_GREETING_TICK_SOURCE. */
#define BL_TICKS_NONE 0u
#define BL_TICKS_CYCLE_COUNTER 1u
#define BL_TICKS_SYSTICK 2u
#define BL_TICKS_MACHINE_COUNTER 3u

#endif
