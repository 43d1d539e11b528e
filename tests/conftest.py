"""Lost by mistake: the first text of this file, written at about 03:16 and meant for commit dff4ebb,
was overwritten by the helper of runtime/service before it was committed. Its author should write it
again; nothing of the runtime and service tests needs this file.
"""
