"""The demo twin of Aliyun SMS: the provider's protocol over a socket, and a phone to look at.

Runs without Django and without anything but the standard library. It is a stand-in for
demonstrations and tests, never for the provider: it binds this machine only.
"""
