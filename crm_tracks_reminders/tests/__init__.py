from . import test_morning, test_morning_mail
