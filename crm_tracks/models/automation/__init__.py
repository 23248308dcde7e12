"""What happens without anybody's hand.

The scheduled action, automated tasks and what each of their actions does, what is tried
again after a failure, tracks that start and stop by server actions and automation
rules, and what keeps these from starting one another without end.
"""
