/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/chain.h"

#include "common/json.h"
#include "common/log.h"
#include "worker/host.h"
#include "worker/pin.h"
#include "worker/plugin.h"
#include "worker/settings.h"
#include "worker/told.h"
#include "worker/visit.h"

#define LOGGED_EDITS 8 /* in one line */

/* --- what a call came to ------------------------------------------------------------------- */

/* What a callback came to: it has failed if it says so or if anything it called has. */
static int result_of(const struct link *link, int returned, struct error *err)
{
  if (link->failed) {
    *err = link->failure;
    return -1;
  }
  return returned == 0 ? 0 : error_set(err, "failed without saying why (returned %d)", returned);
}

/* Keeps for later that the plugin is in trouble, and why. */
static void note_trouble(struct link *link, enum link_state state, const struct error *err)
{
  link->state = state;
  link->trouble = *err;
}

/* --- load ---------------------------------------------------------------------------------- */

enum cht_command chain_command(const char *word)
{
  if (text_equal(word, "run"))
    return CHT_RUN;
  return text_equal(word, "restore") ? CHT_RESTORE : CHT_CREATE;
}

static void prepare_link(struct link *link, struct chain *chain, const struct config_plugin *entry,
                         const struct chain_container *container)
{
  *link = (struct link){.entry = entry, .chain = chain};
  link->context = (struct cht_context){
      .size = sizeof(struct cht_context),
      .host = &host_functions,
      .plugin = entry->name,
      .command = container->command,
      .container_id = container->id,
      .bundle = container->bundle,
      .root = container->root,
      .dry_run = container->dry_run,
  };
}

static int load_link(struct link *link, struct error *err)
{
  visit_begin(link, "load");
  link->plugin = plugin_load(link->entry->path, err);
  visit_end(link);
  visit_over(link->chain);
  if (link->plugin == NULL) {
    note_trouble(link, LINK_REFUSED, err);
    error_wrap(err, "plugin '%s'", link->entry->name);
    return link->entry->line > 0 ? error_wrap(err, "%s:%u", link->entry->file, link->entry->line)
                                 : -1;
  }
  link->state = LINK_LOADED;
  /* Held twice: a plugin that releases what it was lent does not take it from us. */
  link->context.settings = json_object_get(settings_to_json(link->entry->settings));
  return 0;
}

/* Conditions that cannot be read are a broken config, not the plugin's failure: they refuse the
   container also where the plugin is optional. */
static int read_and_load(struct link *link, struct error *err)
{
  if (settings_when(link->entry, &link->when, err) < 0) {
    note_trouble(link, LINK_REFUSED, err);
    return -1;
  }
  if (load_link(link, err) == 0)
    return 0;
  if (link->entry->required)
    return -1;
  log_line(LOG_WARN, "%s; it is optional, the chain runs without it", err->text);
  return 0;
}

int chain_load(struct chain *chain, const struct config *config,
               const struct chain_container *container, uint64_t skip, struct report *report,
               struct error *err)
{
  /* One by one: the links are large, and only those of the config are touched. */
  chain->count = config->plugin_count;
  chain->edits = (struct edits){.items = NULL};
  chain->pins = NULL;
  chain->pin_count = 0;
  chain->told = (struct told){.by = NULL};
  chain->report = report;
  chain->process = getpid();
  int result = 0;
  for (size_t i = 0; i < chain->count; i++) {
    struct error failure;
    prepare_link(&chain->links[i], chain, &config->plugins[i], container);
    bool wanted = config->plugins[i].enabled && !(skip >> i & 1);
    if (!wanted || read_and_load(&chain->links[i], &failure) == 0)
      continue;
    if (result == 0)
      *err = failure;
    result = -1;
  }
  return result;
}

/* --- modify -------------------------------------------------------------------------------- */

static void log_edits(const struct link *link)
{
  const struct edits *edits = &link->chain->edits;
  size_t first = link->edits_start, end = link->edits_end;
  if (first == end || link->chain->traced)
    return;
  struct error text; /* only as a bounded text */
  error_set(&text, "plugin '%s':", link->entry->name);
  for (size_t i = first; i < end && i < first + LOGGED_EDITS; i++)
    error_append(&text, "%s %s %s", i == first ? "" : ",", edits->items[i]->op,
                 edits->items[i]->pointer);
  if (end > first + LOGGED_EDITS)
    error_append(&text, " and %zu more", end - first - LOGGED_EDITS);
  log_line(LOG_INFO, "%s", text.text);
}

/* Is the plugin for this container? -1: that cannot be told. */
static int concerns(const struct link *link, struct json_object *spec, struct error *err)
{
  const struct document document = {.name = "config.json", .tree = spec};
  const struct value root = document_root(&document);
  const struct when_container container = {
      .spec = &root, .bundle = link->context.bundle, .image = told_image(link->chain)};
  bool match = true;
  if (link->when == NULL)
    return true;
  if (when_match(link->when, &container, &match, err) < 0)
    return error_wrap(err, "%s:%u: when", link->entry->file,
                      config_setting_source_line(link->entry->when));
  return match;
}

/* Takes back what was lent to the plugin, which must not have swapped or released it: edits to
   another tree would be lost without a word. *spec is NULL if it is no more. */
static int take_back(const struct link *link, struct json_object **spec, struct error *err)
{
  bool swapped = link->context.spec != *spec;
  if (json_object_put(*spec)) {
    *spec = NULL;
    return error_set(err, "it released ctx->spec, which was only lent to it");
  }
  return swapped ? error_set(err, "it put another object into ctx->spec: edit the one it holds")
                 : 0;
}

/* Takes what the plugin has changed to the list. What it leaves must be a spec (spec/check.h), with
   all that is pinned. */
static int take_edits(const struct link *link, struct edits *edits, const struct snapshot *before,
                      struct json_object *spec, struct error *err)
{
  size_t count = edits->count;
  int changed = edits_add(edits, link->entry->name, before, spec, err);
  if (changed < 0 || pins_check(link->chain, spec, err) == 0)
    return changed;
  edits_cut(edits, count);
  return -1;
}

/* Returns whether the spec differs from `before`, as the plugin found it; -1: the plugin failed. */
static int modify_link(struct link *link, struct json_object **spec, const struct snapshot *before,
                       struct edits *edits, struct error *err)
{
  int concerned = concerns(link, *spec, err);
  if (concerned < 0)
    return -1;
  if (!concerned) {
    link->state = LINK_UNMATCHED;
    log_line(LOG_DEBUG, "plugin '%s': its conditions do not match this container",
             link->entry->name);
    return 0;
  }
  visit_begin(link, "modify");
  link->context.spec = json_object_get(*spec);
  int returned = link->plugin->modify(&link->context);
  visit_end(link);
  int taken = take_back(link, spec, err);
  if (result_of(link, returned, err) < 0 || taken < 0)
    return -1;
  int changed = take_edits(link, edits, before, *spec, err);
  if (changed >= 0)
    link->state = LINK_DONE;
  return changed;
}

/* Puts the spec back to what it was before the plugin. */
static void restore(struct link *link, struct json_object **spec, const struct snapshot *before)
{
  pins_drop(link->chain, link);
  told_drop(link->chain, link);
  json_object_put(*spec);
  *spec = snapshot_restore(before);
}

/* Returns whether the spec differs from `before`; -1: the chain ends. */
static int apply_link(struct link *link, struct json_object **spec, const struct snapshot *before,
                      struct error *err)
{
  struct edits *edits = &link->chain->edits;
  link->edits_start = link->edits_end = edits->count;
  int changed = modify_link(link, spec, before, edits, err);
  if (changed >= 0) {
    link->edits_end = edits->count;
    log_edits(link);
    return changed;
  }
  note_trouble(link, LINK_FAILED, err);
  error_wrap(err, "plugin '%s'", link->entry->name);
  if (!link->entry->required || *spec == NULL)
    restore(link, spec, before);
  if (link->entry->required)
    return -1;
  log_line(LOG_WARN, "%s; it is optional, its edits are taken back", err->text);
  return false;
}

int chain_modify(struct chain *chain, struct json_object **spec, struct error *err)
{
  cleanup_snapshot struct snapshot before = {.count = 0};
  for (size_t i = 0; i < chain->count; i++) {
    struct link *link = &chain->links[i];
    if (link->plugin == NULL)
      continue;
    if (before.count == 0)
      snapshot_take(&before, *spec);
    int changed = apply_link(link, spec, &before, err);
    if (changed < 0)
      return -1;
    if (changed)
      snapshot_free(&before);
    visit_over(chain);
  }
  return 0;
}

/* --- finish -------------------------------------------------------------------------------- */

/* A plugin that the chain did not come to is asked for now. Where that cannot be told, it is better
   to tell one too many: an auditor misses nothing. */
static bool is_told(const struct link *link, struct json_object *spec)
{
  struct error ignored;
  if (link->plugin == NULL || link->plugin->finish == NULL || link->state == LINK_UNMATCHED)
    return false;
  return link->state != LINK_LOADED || spec == NULL || concerns(link, spec, &ignored) != 0;
}

static int finish_link(struct link *link, struct json_object *spec,
                       const struct cht_outcome *outcome, struct error *err)
{
  visit_begin(link, "finish");
  link->context.spec = spec;
  int returned = link->plugin->finish(&link->context, outcome);
  visit_end(link);
  visit_over(link->chain);
  if (result_of(link, returned, err) == 0)
    return 0;
  note_trouble(link, LINK_FAILED, err);
  return error_wrap(err, "plugin '%s'", link->entry->name);
}

int chain_finish(struct chain *chain, struct json_object *spec, const char *refused,
                 struct error *err)
{
  static const struct cht_edit *const none[] = {NULL};
  struct cht_outcome outcome = {
      .size = sizeof(outcome),
      .refused = refused != NULL,
      .error = refused,
      .edits = chain->edits.items != NULL ? chain->edits.items : none,
  };
  int result = 0;
  for (size_t i = 0; i < chain->count; i++) {
    struct link *link = &chain->links[i];
    struct error failure;
    if (!is_told(link, spec) || finish_link(link, spec, &outcome, &failure) == 0)
      continue;
    if (outcome.refused || !link->entry->required) {
      log_line(LOG_WARN, "%s", failure.text);
      continue;
    }
    *err = failure;
    result = -1;
    outcome.refused = true; /* for those that are still to be told */
    outcome.error = err->text;
  }
  return result;
}

/* --- check --------------------------------------------------------------------------------- */

static int check_link(struct link *link, struct error *err)
{
  visit_begin(link, "check");
  int returned = link->plugin->check != NULL ? link->plugin->check(&link->context) : 0;
  visit_end(link);
  visit_over(link->chain);
  link->state = LINK_DONE;
  if (result_of(link, returned, err) == 0)
    return 0;
  note_trouble(link, LINK_FAILED, err);
  return error_wrap(err, "plugin '%s'", link->entry->name);
}

/* A plugin that may be left out or passed over tells the image of some containers only: whoever
   asks for it behind such a one is to fail here, and not first with a container. */
static bool tells_always(const struct link *link)
{
  return link->entry->required && link->when == NULL;
}

/* What it does to the spec stays for the next one, unless it fails. */
static int try_link(struct link *link, struct json_object **spec, struct error *err)
{
  cleanup_snapshot struct snapshot before;
  cleanup_edits struct edits edits = {.items = NULL}; /* of a sample, told to nobody */
  snapshot_take(&before, *spec);
  int result = modify_link(link, spec, &before, &edits, err);
  visit_over(link->chain);
  if (!tells_always(link))
    told_drop(link->chain, link);
  if (result >= 0)
    return 0;
  error_wrap(err, "with a sample container");
  note_trouble(link, LINK_FAILED, err);
  restore(link, spec, &before);
  return error_wrap(err, "plugin '%s'", link->entry->name);
}

int chain_check(struct chain *chain, struct json_object **spec, struct error *err)
{
  int result = 0;
  for (size_t i = 0; i < chain->count; i++) {
    struct link *link = &chain->links[i];
    struct error failure;
    if (link->plugin == NULL ||
        (check_link(link, &failure) == 0 && (*spec == NULL || try_link(link, spec, &failure) == 0)))
      continue;
    if (result == 0)
      *err = failure;
    result = -1;
  }
  if (*spec == NULL)
    return result;
  struct error failure;
  return chain_finish(chain, *spec, NULL, result < 0 ? &failure : err) < 0 ? -1 : result;
}

/* --- the end ------------------------------------------------------------------------------- */

void chain_free(struct chain *chain)
{
  for (size_t i = 0; i < chain->count; i++) {
    if (!json_object_put(chain->links[i].context.settings))
      json_object_put(chain->links[i].context.settings);
    when_free(chain->links[i].when);
  }
  pins_drop(chain, NULL);
  told_drop(chain, NULL);
  free(chain->pins);
  edits_free(&chain->edits);
}
