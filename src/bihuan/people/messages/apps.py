"""Letters on their way to people."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "bihuan.people.messages"
    label = "messages_out"
    verbose_name = "消息"
