/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container engine whose configuration can name us as one of its OCI runtimes.
 *
 * Whatever the engine, configuring is the same story, told once in configure.c: read its files,
 * take out what an earlier configure put in, put ours in, let the engine's own program judge the
 * result, write. How a text is edited is the engine's, in the file of its name.
 *
 *                    ┌── memory: are these the very bytes that we wrote? then those before them
 *     present text ──┤
 *                    └── strip: otherwise our parts, textually ──▶ base ──▶ apply ──▶ new text
 *
 * Unconfiguring ends at the base. So twice configure equals once, and a change of options replaces.
 */
#ifndef CORE_CTK_ENGINES_ENGINE_H
#define CORE_CTK_ENGINES_ENGINE_H

#include "ctk/change.h"

#define ENGINE_NAME_DEFAULT "container-hooks-runtime" /* what engines call us; the original's */
#define ENGINE_ANNOTATIONS "io.container-hooks.*"     /* those of pods that are ours */

/* What the admin asked for. All texts are borrowed. */
struct engine_request {
  const char *name;        /* what the engine is to call us */
  const char *path;        /* absolute: the program that it is to run */
  const char *config_file; /* NULL: the engine's own */
  const char *drop_in;  /* a file of our own beside it; "": at the usual place; NULL: not asked */
  const char *pid_file; /* docker's; NULL: where docker says */
  bool in_place;        /* edit the engine's file itself */
  bool set_default;     /* containers that ask for no runtime run with us */
  bool annotations;     /* let pods' annotations for us through (containerd) */
};

/* A file that is looked at, and perhaps edited. All texts are owned. */
struct engine_file {
  char *path;      /* NULL: the engine has no such file */
  char *present;   /* what is on disk; NULL: there is no such file */
  char *base;      /* the same without us; NULL: there would be no such file */
  char *text;      /* what it is to become: at first the base; NULL: the file goes */
  char *temporary; /* the folder to write it in first; NULL: its own */
};

#define ENGINE_FILES_MAX 8

struct engine_files {
  struct engine_file list[ENGINE_FILES_MAX];
  size_t count;
  bool use_drop_in; /* set by locate: ours go into list[ENGINE_DROP_IN], else into the root */
};

/* The first two always stand at their place; behind them come those that only memory knows of. */
enum { ENGINE_ROOT, ENGINE_DROP_IN, ENGINE_OTHERS };

/* What is known of a file's past. */
struct engine_past {
  bool remembered;    /* configure changed it: what was set before is put back */
  const char *before; /* what it held then; NULL: there was no such file; borrowed */
  bool removing;      /* take out also what has our name but was not marked by us */
};

/* How an engine stands to us. All texts are owned. */
struct engine_status {
  char *file;            /* the engine's config file */
  bool here;             /* that file, or the engine's program, exists */
  bool configured;       /* the engine knows the name */
  char *configured_in;   /* the file where it stands; NULL if it does not */
  char *path;            /* the program it stands for; NULL if there is none */
  char *default_runtime; /* the name that runs where none is asked for */
  char *default_in;      /* "FILE:LINE" or "FILE" that says so; NULL: built in */
  bool is_default;       /* that name is ours */
};

/* Names of an engine's runtimes, each once. */
#define ENGINE_NAMES_MAX 64

struct engine_names {
  char *list[ENGINE_NAMES_MAX]; /* owned */
  size_t count;
};

/* What an engine that runs says itself. All texts are owned. */
struct engine_view {
  char *asked;           /* who says so: "docker info" */
  char *default_runtime; /* NULL: it does not say */
  char *program;         /* what the name stands for; NULL: the name is not known */
  char *amiss;           /* why what the files say is not what it does; NULL if it is */
  char *mend;            /* against that */
};

/* Where an engine keeps what images are made of. All texts are owned, NULL: nobody can tell. */
struct engine_storage {
  char *driver;     /* of its storage, or containerd's snapshotter */
  char *said_by;    /* who says so: "docker info", "FILE:LINE"; "built in" */
  char *root;       /* its data root */
  bool image_store; /* docker keeps images as containerd does, whatever the driver */
};

struct engine {
  const char *name;    /* the word of --runtime: "docker" */
  const char *title;   /* "Docker" */
  const char *program; /* its presence shows that the engine is here: "dockerd" */
  const char *manual;  /* how to make it read its files anew, in words; NULL: it does so itself */
  const char *manual_undo; /* the same after unconfigure */

  /* Which files a request means: the paths of root and drop-in, and which of them gets our part.
     Request errors (a drop-in where there can be none) are found here. */
  int (*locate)(const struct engine_request *request, struct engine_files *files,
                struct error *err);

  /* Stores files->list[index]'s present text without our parts; NULL: the file shall go. */
  int (*strip)(const struct engine_request *request, const struct engine_files *files, size_t index,
               const struct engine_past *past, char **stripped, struct error *err);

  /* The low-level runtime that runs without us, by the files' texts: a path or a bare name, owned
     by the caller; NULL if nobody can tell. */
  char *(*wrapped)(const struct engine_request *request, const struct engine_files *files);

  /* Puts our part into the files' texts. */
  int (*apply)(const struct engine_request *request, struct engine_files *files, struct error *err);

  /* Has the engine's own program judge the texts, before they are on disk; NULL: there is none. */
  int (*check)(const struct engine_request *request, const struct engine_files *files,
               struct error *err);

  /* Fills what the files' texts say (all but `file` and `here`). */
  int (*inspect)(const struct engine_request *request, const struct engine_files *files,
                 struct engine_status *status, struct error *err);

  /* Adds the names of the runtimes that the files' texts define. */
  int (*list)(const struct engine_files *files, struct engine_names *names, struct error *err);

  /* Asks the engine that runs what it really uses for the request's name. Returns 1 if it is not
     running; errors: it cannot be asked. */
  int (*ask)(const struct engine_request *request, const struct engine_files *files,
             struct engine_view *view, struct error *err);

  /* Finds out where it keeps images: by asking the engine that runs, else by its files. */
  int (*storage)(const struct engine_request *request, const struct engine_files *files,
                 struct engine_storage *storage, struct error *err);

  /* Makes the running engine read its files, and waits until it has, where that can be seen.
     Returns 1 if it is not running. NULL: not needed. */
  int (*reload)(const struct engine_request *request, const char *file, struct error *err);

  /* For an engine whose reload does not notice what was removed: a text that says aloud what the
     file's base means, to be reloaded before that is put in place. Returns 1 if the one that runs
     does not read this file at all. NULL: not needed. */
  int (*farewell)(const struct engine_request *request, const struct engine_file *file,
                  char **aloud, struct error *err);
};

extern const struct engine docker_engine, containerd_engine, crio_engine, podman_engine;

/* All engines, ended by NULL. */
extern const struct engine *const engines[];

const struct engine *engine_find(const char *name);

/* How the running is to be done. */
struct engine_mode {
  bool dry_run, reload, check;
};

int engine_configure(const struct engine *engine, const struct engine_request *request,
                     const struct engine_mode *mode, struct error *err);
int engine_unconfigure(const struct engine *engine, const struct engine_request *request,
                       const struct engine_mode *mode, struct error *err);

/* Looks only. The request's name, config_file and drop_in count. */
int engine_inspect(const struct engine *engine, const struct engine_request *request,
                   struct engine_status *status, struct error *err);
void engine_status_free(struct engine_status *status);

#define cleanup_status __attribute__((cleanup(engine_status_free)))

/* The runtimes that the engine's files define. Of the request the same counts. */
int engine_list(const struct engine *engine, const struct engine_request *request,
                struct engine_names *names, struct error *err);
void engine_names_free(struct engine_names *names);

#define cleanup_names __attribute__((cleanup(engine_names_free)))

/* Asks the running engine: as `ask` of struct engine. */
int engine_ask(const struct engine *engine, const struct engine_request *request,
               struct engine_view *view, struct error *err);
void engine_view_free(struct engine_view *view);

#define cleanup_view __attribute__((cleanup(engine_view_free)))

/* As `storage` of struct engine. */
int engine_look_at_storage(const struct engine *engine, const struct engine_request *request,
                           struct engine_storage *storage, struct error *err);
void engine_storage_free(struct engine_storage *storage);

#define cleanup_storage __attribute__((cleanup(engine_storage_free)))

/* --- for the engines ----------------------------------------------------------------------- */

/* Adds a name that is not among them yet; those beyond ENGINE_NAMES_MAX are left out. */
void engine_names_add(struct engine_names *names, const char *name);

/* The file that a request's drop-in is: the one it names, or the usual one, whose name beside the
   root is given by the pattern, %s standing for us; owned by the caller. */
char *engine_drop_in(const struct engine_request *request, const char *root, const char *pattern);

/* FOLDER/NAME where FOLDER is that of `path`; owned by the caller. */
char *engine_beside(const char *path, const char *name);

#endif
