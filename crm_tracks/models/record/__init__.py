"""The records on which tracks run: what they tell their tracks, and what tracks add.

Here lives what the models of Odoo get: every record with activities can have tracks;
its company, owner and closing are followed, by leads, contacts, users, meetings. A
bridge to another app adds its models in the same way.
"""
