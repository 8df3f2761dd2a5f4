/* Requests that every application knows, and what becomes of those none does. */
#include "requests.h"

#include "../drivers/port.h"
#include "server.h"

static bool greeted;

void bl_refuse(const struct bl_frame *request, uint32_t code, uint32_t detail)
{
    uint8_t head[BL_ERROR_BYTES];
    bl_put32(&head[BL_ERROR_CODE], code);
    bl_put32(&head[BL_ERROR_DETAIL], detail);
    bl_reply(request, BL_ERROR, sizeof head, head, 0, NULL);
}

void bl_put_text(uint8_t field[], size_t size, const char text[])
{
    size_t i = 0;
    for (; i + 1u < size && text[i] != '\0'; i++)
        field[i] = (uint8_t)text[i];
    for (; i < size; i++)
        field[i] = 0;
}

void bl_on_echo(const struct bl_frame *request)
{
    bl_reply(request, BL_ECHO_REPLY, 0, NULL, request->length, request->payload);
}

void bl_on_counts(const struct bl_frame *request)
{
    uint8_t head[BL_COUNTS_REPLY_BYTES];
    bl_put32(&head[BL_COUNTS_REPLY_CRC_ERRORS], bl_counts.corrupt);
    bl_put32(&head[BL_COUNTS_REPLY_MALFORMED], bl_counts.malformed);
    bl_put32(&head[BL_COUNTS_REPLY_REPEATS], bl_counts.repeats);
    bl_put32(&head[BL_COUNTS_REPLY_OVERRUNS], bl_overruns);
    bl_reply(request, BL_COUNTS_REPLY, sizeof head, head, 0, NULL);
}

void bl_dispatch(size_t count, const struct bl_request requests[], const struct bl_frame *request)
{
    const struct bl_request *found = NULL;
    for (size_t i = 0; i < count && found == NULL; i++)
        if (requests[i].type == request->type)
            found = &requests[i];
    if (found == NULL) {
        bl_refuse(request, BL_ERROR_TYPE, request->type);
    } else if (found->tail ? request->length < found->fixed : request->length != found->fixed) {
        bl_refuse(request, BL_ERROR_LENGTH, request->length);
    } else if (!greeted && request->type != BL_HELLO) {
        bl_refuse(request, BL_ERROR_GREETING, request->type);
    } else {
        greeted = true;
        found->act(request);
    }
}
