/* The few names of Node-API that the addons here use, which need no headers of any Node. They are stable by promise. */
#ifndef FORKLESS_TEST_NAPI_H
#define FORKLESS_TEST_NAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);
typedef int napi_status;

napi_status napi_create_array(napi_env env, napi_value *result);
napi_status napi_create_double(napi_env env, double value, napi_value *result);
napi_status napi_create_function(napi_env env, const char *name, size_t length, napi_callback callback, void *data,
                                 napi_value *result);
napi_status napi_create_object(napi_env env, napi_value *result);
napi_status napi_create_string_utf8(napi_env env, const char *text, size_t length, napi_value *result);
napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *argc, napi_value *argv, napi_value *self,
                             void **data);
napi_status napi_get_undefined(napi_env env, napi_value *result);
napi_status napi_get_value_bool(napi_env env, napi_value value, bool *result);
napi_status napi_get_value_int32(napi_env env, napi_value value, int32_t *result);
napi_status napi_get_value_string_utf8(napi_env env, napi_value value, char *text, size_t size, size_t *length);
napi_status napi_set_element(napi_env env, napi_value array, uint32_t index, napi_value value);
napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value);
napi_status napi_throw_error(napi_env env, const char *code, const char *message);

struct napi_export {
    const char *name;
    napi_callback function;
};

static inline void napi_export_all(napi_env env, napi_value exports, const struct napi_export *functions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        napi_value function;
        napi_create_function(env, functions[i].name, strlen(functions[i].name), functions[i].function, NULL, &function);
        napi_set_named_property(env, exports, functions[i].name, function);
    }
}

#endif
