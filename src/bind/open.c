/*
** open.c - the central list of what bind/ opens.
**
** Each opener finds the table `rnnlua.core` on top of the stack, adds its functions to it and leaves
** the stack as it was.
*/
#include "bind/open.h"

#include <lauxlib.h>

#include "bind/apply_record.h"
#include "bind/arguments.h"
#include "bind/array.h"
#include "bind/bytes.h"
#include "bind/check.h"
#include "bind/child.h"
#include "bind/component.h"
#include "bind/csv.h"
#include "bind/file.h"
#include "bind/folder.h"
#include "bind/hooks.h"
#include "bind/layer.h"
#include "bind/layer_record.h"
#include "bind/layer_parts.h"
#include "bind/machine.h"
#include "bind/mask.h"
#include "bind/network.h"
#include "bind/optimizer.h"
#include "bind/plugin.h"
#include "bind/raise.h"
#include "bind/register.h"
#include "bind/registry.h"
#include "bind/script.h"
#include "bind/stream.h"
#include "bind/suggest.h"
#include "bind/system.h"
#include "bind/tape.h"
#include "bind/tensor.h"
#include "bind/trainer.h"
#include "bind/trampoline.h"
#include "bind/variable.h"
#include "bind/weights.h"
#include "core/registry.h"
#include "core/standard.h"

typedef void (*opener)(lua_State *L);

static const opener openers[] = {
    rnn_open_apply_record,
    rnn_open_arguments,
    rnn_open_bytes,
    rnn_open_check,
    rnn_open_child,
    rnn_open_component,
    rnn_open_csv,
    rnn_open_file,
    rnn_open_folder,
    rnn_open_hooks,
    rnn_open_layer,
    rnn_open_layer_record,
    rnn_open_layer_call,
    rnn_open_machine,
    rnn_open_mask,
    rnn_open_network,
    rnn_open_optimizer,
    rnn_open_plugin,
    rnn_open_raise,
    rnn_open_random,
    rnn_open_register,
    rnn_open_registry,
    rnn_open_script,
    rnn_open_script_layer,
    rnn_open_stream,
    rnn_open_suggest,
    rnn_open_system,
    rnn_open_tensor,
    rnn_open_tape,
    rnn_open_tensor_compare,
    rnn_open_tensor_copy,
    rnn_open_tensor_create,
    rnn_open_tensor_data,
    rnn_open_tensor_index,
    rnn_open_tensor_math,
    rnn_open_tensor_reduce,
    rnn_open_tensor_rows,
    rnn_open_tensor_join,
    rnn_open_tensor_matmul,
    rnn_open_tensor_print,
    rnn_open_tensor_shape,
    rnn_open_tensor_sort,
    rnn_open_tensor_take,
    rnn_open_variable,
    rnn_open_weights,
    rnn_open_trainer,
    rnn_open_trampoline,
    NULL,
};

int rnn_open_core(lua_State *L) {
  rnn_lua_check(L, rnn_commit_builtins(rnn_main_context()));
  rnn_load_standard(rnn_main_context());
  lua_newtable(L);
  for (const opener *open = openers; *open; open++) (*open)(L);
  return 1;
}
